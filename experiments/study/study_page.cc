#include "experiments/study/study_page.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/page_head.h"
#include "experiments/statistics/seed_statistics.h"
#include "experiments/study/study_table.h"

namespace tengen {
namespace {

std::string CellHtml(const std::optional<Interval>& interval, int digits) {
  return StrCat("<td>", interval ? Escaped(IntervalText(*interval, digits)) : "-", "</td>");
}

std::string TableHtml(const Study& study, const StudyResults& results) {
  std::string html =
      StrCat("<table><thead><tr><th>variant</th><th>runs</th><th>failed</th><th>Elo</th><th>over ",
             Escaped(study.variants[0].name), "</th><th>reached</th><th>", UnitName(study.unit),
             " to reach</th><th>ratio</th></tr></thead><tbody>\n");
  for (const StudyRow& row : StudyRows(study, results)) {
    html +=
        StrCat("<tr><td>", Escaped(row.variant), "</td><td>", row.runs, "</td><td>", row.failed,
               "</td>", CellHtml(row.elo, 0), CellHtml(row.gain, 0), "<td>", row.reached, " of ",
               row.runs, "</td>", CellHtml(row.to_reach, 0), CellHtml(row.ratio, 2), "</tr>\n");
  }
  return html + "</tbody></table>\n";
}

using Runs = std::vector<const StudyRun*>;

// Those of a variant that were measured.
Runs MeasuredRuns(const StudyResults& results, const std::string& variant) {
  Runs runs;
  for (const StudyRun& run : results.runs) {
    if (run.variant == variant && !run.points.empty()) runs.push_back(&run);
  }
  return runs;
}

// Where all of the runs were measured, from the first to the last, and between that where runs that
// stored what the study asks for were. Empty where they have no compute in common.
std::vector<double> CommonCompute(const Study& study, const Runs& runs) {
  double first = 0.0;
  double last = std::numeric_limits<double>::infinity();
  for (const StudyRun* run : runs) {
    first = std::max(first, run->points.front().used);
    last = std::min(last, run->points.back().used);
  }
  if (runs.empty() || last < first) return {};
  std::vector<double> compute = {first};
  for (int i = 1; i < study.points; ++i) {
    const double used = study.budget * i / study.points;
    if (used > first && used < last) compute.push_back(used);
  }
  if (last > first) compute.push_back(last);
  return compute;
}

// A run's score on the straight line between its two nearest networks.
// REQUIRES: `used` does not lie outside of its points.
double ScoreAt(const std::vector<StudyPoint>& points, double used) {
  const auto next = std::ranges::lower_bound(points, used, {},
                                             [](const StudyPoint& point) { return point.used; });
  if (next->used == used) return next->pairs.mean();
  const StudyPoint& before = *std::prev(next);
  const double share = (used - before.used) / (next->used - before.used);
  return before.pairs.mean() + share * (next->pairs.mean() - before.pairs.mean());
}

ChartLine CurveOf(const Study& study, const Runs& runs) {
  ChartLine line;
  for (const double used : CommonCompute(study, runs)) {
    std::vector<double> scores;
    for (const StudyRun* run : runs) scores.push_back(ScoreAt(run->points, used));
    const Interval score = MeanInterval(scores);
    line.x.push_back(used);
    line.y.push_back(score.value);
    line.low.push_back(std::isfinite(score.low) ? std::max(0.0, score.low) : score.value);
    line.high.push_back(std::isfinite(score.high) ? std::min(1.0, score.high) : score.value);
  }
  return line;
}

}  // namespace

Chart StudyChart(const Study& study, const StudyResults& results) {
  Chart chart;
  chart.title = "Strength";
  chart.x_title = UnitName(study.unit);
  chart.y_title = StrCat("share of points against ", study.anchor);
  chart.x_axis = study.unit == StudyUnit::kSeconds ? ChartAxis::kSeconds : ChartAxis::kNumbers;
  chart.x_end = study.budget;
  chart.from_zero = true;
  chart.percent = true;
  chart.note =
      "Mean over seeds with its interval of 95 %, each on the straight line between its networks.";
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    ChartLine line = CurveOf(study, MeasuredRuns(results, study.variants[v].name));
    line.label = study.variants[v].name;
    line.colour = static_cast<int>(v);
    if (!line.x.empty()) chart.lines.push_back(std::move(line));
  }
  return chart;
}

std::string StudyPage(const Study& study, const std::string& game, const StudyResults& results) {
  const Chart chart = StudyChart(study, results);
  std::string notes;
  for (const std::string& note : StudyNotes(study, results)) {
    notes += StrCat("<p class=\"note\">", Escaped(note), "</p>\n");
  }
  const auto replace = nlohmann::json::error_handler_t::replace;
  return StrCat(PageHead(study.name + " - study"), "<body>\n<header><h1>", Escaped(study.name),
                "</h1>\n<p>", Escaped(study.about), "</p>\n<p>",
                Escaped(StrCat(study.base, " on ", game, ", ", BudgetText(study), " a run, ",
                               study.seeds, " seeds")),
                "</p></header>\n<main>\n<section><h2>Results</h2>\n", TableHtml(study, results),
                notes, "</section>\n<section><h2>Curves</h2>\n",
                HasPoints(chart) ? ChartFigure(chart, FigureSize::kWide)
                                 : std::string("<p class=\"empty\">No run was measured yet.</p>\n"),
                "</section>\n<section><h2>Study</h2>\n<pre><code>",
                Escaped(StudyToJson(study).dump(2, ' ', false, replace)),
                "</code></pre></section>\n</main>\n<script>\n", PageParts().chart_script,
                "</script>\n</body>\n</html>\n");
}

}  // namespace tengen

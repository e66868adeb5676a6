#include "experiments/study/study_page.h"

#include <algorithm>
#include <cmath>

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

// The i-th measured points of a variant's runs, as one point of its curve.
void AddPoint(const std::vector<const StudyRun*>& runs, std::size_t i, ChartLine& line) {
  std::vector<double> used;
  std::vector<double> scores;
  for (const StudyRun* run : runs) {
    if (i >= run->points.size() || run->points[i].pairs.pairs() == 0) continue;
    used.push_back(run->points[i].used);
    scores.push_back(run->points[i].pairs.mean());
  }
  if (scores.empty()) return;
  const Interval score = MeanInterval(scores);
  const double x = MeanInterval(used).value;
  if (!line.x.empty() && x <= line.x.back()) return;
  line.x.push_back(x);
  line.y.push_back(score.value);
  line.low.push_back(std::isfinite(score.low) ? std::max(0.0, score.low) : score.value);
  line.high.push_back(std::isfinite(score.high) ? std::min(1.0, score.high) : score.value);
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
  chart.note = "Mean over seeds with its interval of 95 %.";
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    std::vector<const StudyRun*> runs;
    for (const StudyRun& run : results.runs) {
      if (run.variant == study.variants[v].name) runs.push_back(&run);
    }
    ChartLine line;
    line.label = study.variants[v].name;
    line.colour = static_cast<int>(v);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(study.points); ++i) {
      AddPoint(runs, i, line);
    }
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

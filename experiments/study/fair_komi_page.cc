// FairKomiPage: apart from the search, which needs no picture.

#include <algorithm>

#include "envs/core/check.h"
#include "experiments/pictures/chart.h"
#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/page_head.h"
#include "experiments/study/fair_komi.h"
#include "experiments/study/known_boards.h"

namespace tengen {
namespace {

constexpr double kBeside = 0.2;  // points of the board between dots that would hide each other

// Found values beside known ones, over the boards in order of their areas.
Chart KomiChart(std::vector<FairKomi> boards) {
  std::stable_sort(boards.begin(), boards.end(), [](const FairKomi& a, const FairKomi& b) {
    return a.shape.points() < b.shape.points();
  });
  Chart chart;
  chart.title = "Fair komi";
  chart.x_title = "points of the board";
  chart.y_title = "points for White";
  chart.x_axis = ChartAxis::kNumbers;
  chart.from_zero = true;
  chart.note = "Boards of equal area stand beside each other, known values right of found ones.";
  ChartLine found;
  found.label = "found";
  ChartLine known;
  known.label = "known";
  known.colour = 1;
  found.look = known.look = LineLook::kPoints;
  double last = 0.0;
  for (const FairKomi& board : boards) {
    const double x = std::max<double>(board.shape.points(), last + 2.0 * kBeside);
    last = x;
    if (board.komi) {
      found.x.push_back(x);
      found.y.push_back(*board.komi);
    }
    if (const KnownBoard* value = FindKnownBoard(board.shape)) {
      known.x.push_back(x + kBeside);
      known.y.push_back(value->value);
    }
  }
  for (ChartLine* line : {&known, &found}) {
    if (!line->x.empty()) chart.lines.push_back(std::move(*line));
  }
  return chart;
}

std::string TableHtml(const std::vector<FairKomi>& boards) {
  std::string html =
      "<table><thead><tr><th>board</th><th>fair komi</th><th>known</th><th>where it is known "
      "from</th><th>tried: Black's points</th></tr></thead><tbody>\n";
  for (const FairKomi& board : boards) {
    const KnownBoard* known = FindKnownBoard(board.shape);
    std::string tried = StrCat("<details><summary>", board.trials.size(), " komi</summary>");
    for (const KomiTrial& trial : board.trials) {
      tried += StrCat("komi ", trial.komi, ": ", trial.black_points, " of ", trial.games, "<br>");
    }
    tried += "</details>";
    html += StrCat("<tr><td>", BoardText(board.shape), "</td><td>",
                   board.komi ? StrCat(*board.komi) : std::string("stopped"), "</td><td>",
                   known == nullptr ? std::string("-")
                                    : StrCat(known->value, known->proven ? "" : " (believed)"),
                   "</td><td>", Escaped(known == nullptr ? "" : known->note), "</td><td>", tried,
                   "</td></tr>\n");
  }
  return html + "</tbody></table>\n";
}

}  // namespace

std::string FairKomiPage(const std::string& agent, const std::vector<FairKomi>& boards) {
  const Chart chart = KomiChart(boards);
  return StrCat(
      PageHead("Fair komi of small boards"),
      "<body>\n<header><h1>Fair komi of small boards</h1>\n<p>", Escaped(agent),
      " against itself: half a point below a board's fair komi Black has half of the points or "
      "more, half a point above it less.</p></header>\n<main>\n<section><h2>Picture</h2>\n",
      HasPoints(chart) ? ChartFigure(chart, FigureSize::kWide)
                       : std::string("<p class=\"empty\">No board was finished.</p>\n"),
      "</section>\n<section><h2>Boards</h2>\n", TableHtml(boards),
      "</section>\n</main>\n<script>\n", PageParts().chart_script, "</script>\n</body>\n</html>\n");
}

}  // namespace tengen

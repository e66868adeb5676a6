#include "experiments/alphago/error_figure.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "envs/core/check.h"
#include "experiments/alphago/value_errors.h"
#include "experiments/pictures/chart.h"
#include "experiments/pictures/markup.h"

namespace tengen {
namespace {

constexpr const char* kRow = "test MSE of ";
constexpr const char* kStretch = " in stretch ";

// One of those whose errors were measured.
struct Judge {
  std::string name;
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
  std::array<double, ValueErrors::kStretches> stretches{};  // 0: no position there
};

std::vector<Judge> JudgesOf(const std::vector<LearnRow>& rows) {
  std::vector<Judge> judges;
  for (const LearnRow& row : rows) {
    if (!IsErrorFigureRow(row)) continue;
    const std::string name = row.name.substr(std::string(kRow).size());
    const auto of = std::find_if(judges.begin(), judges.end(), [&name](const Judge& each) {
      return name.starts_with(each.name);
    });
    if (of == judges.end()) {
      judges.push_back({name, row.value, row.value, row.value});
      continue;
    }
    const std::string rest = name.substr(of->name.size());
    if (rest == " low") of->low = row.value;
    if (rest == " high") of->high = row.value;
    if (!rest.starts_with(kStretch)) continue;
    const int stretch = std::atoi(rest.c_str() + std::string(kStretch).size());
    if (stretch < 1 || stretch > ValueErrors::kStretches) continue;
    of->stretches[static_cast<std::size_t>(stretch - 1)] = row.value;
  }
  return judges;
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

std::string Table(const std::vector<Judge>& judges) {
  std::string html =
      "<table><thead><tr><th>mean squared error of</th><th>all positions</th><th>to 1/4</th>"
      "<th>to 2/4</th><th>to 3/4</th><th>later</th></tr></thead><tbody>\n";
  for (const Judge& judge : judges) {
    html += StrCat("<tr><td>", Escaped(judge.name), "</td><td>", Number(judge.mean), " (",
                   Number(judge.low), " to ", Number(judge.high), ")</td>");
    for (const double stretch : judge.stretches) {
      html += StrCat("<td>", stretch > 0.0 ? Number(stretch) : "-", "</td>");
    }
    html += "</tr>\n";
  }
  return html +
         "</tbody></table>\n<p class=\"note\">At the same positions of games that nothing was "
         "learnt from, with intervals of 95 % over games; by plies, as parts of the board's "
         "points. Who knows nothing has 1.</p>\n";
}

std::string ErrorChart(const std::vector<Judge>& judges) {
  Chart chart;
  chart.title = "Errors of values over the game";
  chart.x_title = "quarter of the board's points, in plies";
  chart.y_title = "mean squared error";
  chart.x_axis = ChartAxis::kNumbers;
  chart.from_zero = true;
  chart.note = "As figure 2b of Silver et al. 2016; the last stretch is all later plies.";
  for (const Judge& judge : judges) {
    ChartLine line;
    line.label = judge.name;
    line.colour = static_cast<int>(chart.lines.size());
    for (std::size_t i = 0; i < judge.stretches.size(); ++i) {
      if (!(judge.stretches[i] > 0.0)) continue;
      line.x.push_back(static_cast<double>(i + 1));
      line.y.push_back(judge.stretches[i]);
    }
    chart.lines.push_back(std::move(line));
  }
  return HasPoints(chart) ? ChartFigure(chart, FigureSize::kWide) : std::string();
}

}  // namespace

bool IsErrorFigureRow(const LearnRow& row) { return row.name.starts_with(kRow); }

std::string ErrorFigure(const std::vector<LearnRow>& rows) {
  const std::vector<Judge> judges = JudgesOf(rows);
  return judges.empty() ? std::string() : Table(judges) + ErrorChart(judges);
}

}  // namespace tengen

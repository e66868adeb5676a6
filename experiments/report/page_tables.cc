#include "experiments/report/page_tables.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "experiments/config/budget.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/plot_scale.h"
#include "experiments/statistics/seed_statistics.h"

namespace tengen {
namespace {

constexpr std::size_t kMostRows = 100;  // a long run has thousands of evaluations
constexpr std::size_t kStretches = 80;  // of a curve of returns

using Row = std::vector<std::string>;

// Which of `count` rows a table shows: all, or evenly many with the first and the last.
std::vector<std::size_t> ShownRows(std::size_t count) {
  std::vector<std::size_t> rows;
  const std::size_t shown = std::min(count, kMostRows);
  for (std::size_t k = 0; k < shown; ++k) {
    rows.push_back(shown == count ? k : k * (count - 1) / (shown - 1));
  }
  return rows;
}

// A table whose columns are numbers but for those in `text_columns`. Cells are escaped here.
std::string Table(const std::string& caption, const Row& head, const std::vector<Row>& rows,
                  const std::vector<std::size_t>& text_columns, const std::string& note = "") {
  const auto kind = [&](std::size_t column) {
    const bool text =
        std::find(text_columns.begin(), text_columns.end(), column) != text_columns.end();
    return text ? "" : " class=\"n\"";
  };
  std::string out = StrCat("<div class=\"table\" tabindex=\"0\"><table><caption>", Escaped(caption),
                           "</caption>\n<thead><tr>");
  for (std::size_t i = 0; i < head.size(); ++i) {
    out += StrCat("<th scope=\"col\"", kind(i), ">", Escaped(head[i]), "</th>");
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const std::size_t r : ShownRows(rows.size())) {
    out += "<tr>";
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      out += StrCat("<td", kind(i), ">", Escaped(rows[r][i]), "</td>");
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  std::string below = note;
  if (rows.size() > kMostRows) {
    below += StrCat(below.empty() ? "" : " ", kMostRows, " of ", rows.size(), " rows are shown.");
  }
  return below.empty() ? out : StrCat(out, "<p class=\"note\">", Escaped(below), "</p>\n");
}

std::string HalfPoints(double points) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", points);
  return text;
}

std::string MatchTable(const RunSnapshot& run) {
  std::vector<Row> rows;
  for (const ProgressRow& row : run.matches) {
    if (row.opponent.empty()) continue;
    rows.push_back({TimeTickText(std::round(row.seconds)), Grouped(static_cast<double>(row.step)),
                    row.opponent, StrCat(HalfPoints(row.points), " of ", row.games),
                    Grouped(row.elo), StrCat(Grouped(row.elo_low), " to ", Grouped(row.elo_high))});
  }
  if (rows.empty()) return "";
  return Table("Matches while training", {"Time", "Step", "Opponent", "Points", "Elo", "95 %"},
               rows, {2});
}

std::string ReturnTable(const RunSnapshot& run) {
  std::vector<Row> rows;
  for (const ProgressRow& row : run.matches) {
    if (!row.opponent.empty()) continue;
    rows.push_back({TimeTickText(std::round(row.seconds)), Grouped(static_cast<double>(row.step)),
                    StrCat(row.games), ValueText(row.policy_return), ValueText(row.search_return)});
  }
  if (rows.empty()) return "";
  return Table("Mean returns while training",
               {"Time", "Step", "Episodes", "Policy alone", "With search"}, rows, {});
}

std::string SeedTable(const RunContents& run) {
  std::vector<Row> rows;
  for (const auto& [seed, lines] : run.rl) {
    if (lines.final_line.is_object()) {
      const nlohmann::json& last = lines.final_line;
      rows.push_back({StrCat(seed), ValueText(NumberField(last, "return", 0.0)),
                      Grouped(NumberField(last, "env_steps", 0.0)),
                      Grouped(NumberField(last, "updates", 0.0)),
                      DurationText(NumberField(last, "seconds", 0.0))});
    } else if (!lines.evaluations.empty()) {
      const nlohmann::json& last = std::prev(lines.evaluations.end())->second;
      rows.push_back({StrCat(seed), "training", Grouped(NumberField(last, "env_steps", 0.0)),
                      Grouped(NumberField(last, "updates", 0.0)),
                      DurationText(NumberField(last, "seconds", 0.0))});
    }
  }
  if (rows.empty()) return "";
  const auto episodes = WholeField(run.config, "final_episodes", 0);
  return Table("Seeds", {"Seed", "Final return", "Steps", "Updates", "Time"}, rows, {},
               StrCat("Final return: mean of ", episodes, " episodes of the trained policy."));
}

std::string LadderTable(const RunContents& run) {
  std::vector<Row> rows;
  for (const LadderRow& row : run.ladder) {
    rows.push_back({row.agent, Grouped(row.elo), StrCat("\u00b1", Grouped(row.half_width))});
  }
  if (rows.empty()) return "";
  return Table("Ladder", {"Player", "Elo", "95 %"}, rows, {0}, "Of ladder.json; random play = 0.");
}

}  // namespace

std::string Grouped(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f", number);
  const std::string digits = text;
  if (!std::isfinite(number) || digits == "-0") return digits == "-0" ? "0" : digits;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool group = i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-';
    if (group) out += ',';
    out += digits[i];
  }
  return out;
}

std::string StrengthTables(const RunContents& run) {
  if (run.zero == nullptr) return SeedTable(run);
  return MatchTable(*run.zero) + ReturnTable(*run.zero) + LadderTable(run);
}

Chart EpisodeReturns(const SampledGames& games) {
  Chart chart;
  chart.title = "Return of self-play episodes";
  chart.x_axis = ChartAxis::kNumbers;
  chart.x_title = "finished episodes";
  chart.y_title = "undiscounted return";
  chart.note = "Means of stretches of episodes; band: the middle 80 % of each.";
  ChartLine line;
  line.label = "mean";
  const std::size_t count = games.returns.size();
  const std::size_t stretches = std::min(count, kStretches);
  for (std::size_t k = 0; k < stretches; ++k) {
    const std::size_t begin = k * count / stretches;
    const std::size_t end = (k + 1) * count / stretches;
    std::vector<double> part(games.returns.begin() + static_cast<std::ptrdiff_t>(begin),
                             games.returns.begin() + static_cast<std::ptrdiff_t>(end));
    std::sort(part.begin(), part.end());
    double sum = 0.0;
    for (const double value : part) sum += value;
    line.x.push_back(static_cast<double>(begin + end) / 2.0);
    line.y.push_back(sum / static_cast<double>(part.size()));
    line.low.push_back(part[part.size() / 10]);
    line.high.push_back(part[part.size() - 1 - part.size() / 10]);
  }
  chart.lines.push_back(std::move(line));
  return chart;
}

std::string EpisodeTable(const SampledGames& games) {
  std::vector<Row> rows;
  for (const GameRecord& record : games.games) {
    const std::int64_t step = record.nets.empty() ? 0 : record.nets.front().step;
    rows.push_back({Grouped(static_cast<double>(record.stream)), Grouped(static_cast<double>(step)),
                    ValueText(static_cast<double>(record.return_first)),
                    StrCat(Grouped(static_cast<double>(record.plies.size())),
                           record.end == GameEnd::kTruncated ? ", cut off" : "")});
  }
  return Table("Some episodes, evenly spread over the run",
               {"Episode", "Step of its network", "Return", "Length"}, rows, {});
}

std::string BoardViewer() {
  return R"html(<div id="viewer" class="viewer" role="group" aria-label="Game viewer">
<div class="board-side">
<svg id="board" role="img"><title>Board</title><desc>The position shown</desc></svg>
<div class="buttons">
<button type="button" id="to-start" aria-label="To the start">&#124;&#9664;</button>
<button type="button" id="back" aria-label="One move back">&#9664;</button>
<button type="button" id="play" aria-label="Play the moves">Play</button>
<button type="button" id="forward" aria-label="One move forward">&#9654;</button>
<button type="button" id="to-end" aria-label="To the end">&#9654;&#124;</button>
</div>
<input type="range" id="ply" min="0" max="0" value="0" aria-label="Move">
</div>
<div class="game-side">
<p id="game-title" class="game-title"></p>
<p id="position-text" aria-live="polite"></p>
<svg id="values" role="img"><title>Expected result</title><desc>By move</desc></svg>
<p class="switch"><label><input type="checkbox" id="show-policy" checked> Search policy for the next move, %</label> <span id="policy-note"></span></p>
<h3>Games</h3>
<div id="film" class="film" role="listbox" aria-label="Games"></div>
<p class="note keys">Arrow keys: left and right for moves, up and down for games, Home and End.</p>
</div>
</div>
<noscript><p class="empty">The boards need JavaScript.</p></noscript>
)html";
}

}  // namespace tengen

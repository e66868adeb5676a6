#include "experiments/analysis/position_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <nlohmann/json.hpp>

#include "experiments/analysis/analysis_answer.h"

namespace tengen {
namespace {

// Characters and entries that leave a terminal of 80 columns and 24 rows unwrapped.
constexpr int kBar = 40;
constexpr int kMovesShown = 8;
constexpr std::size_t kLineShown = 8;

template <typename... Numbers>
std::string Format(const char* format, Numbers... numbers) {
  char text[160];
  std::snprintf(text, sizeof(text), format, numbers...);
  return text;
}

// +1 where the analysis is in Black's view.
double BlackSign(const GoState& state) { return state.ToMove() == Player::kFirst ? 1.0 : -1.0; }

// A board whose cells are four characters wide. `cell(action)` gives what stands behind the stone
// or dot of a point, at most three characters.
template <typename CellText>
std::string Diagram(const GoState& state, CellText cell) {
  const auto [rows, columns] = state.game().spec().shape;
  const std::vector<std::string> stones = state.board().Rows();
  std::string letters = "   ";
  for (Action column = 0; column < columns; ++column) {
    letters += Format(" %c  ", state.game().ActionText(column)[0]);
  }
  while (letters.back() == ' ') letters.pop_back();
  std::string text = letters + "\n";
  for (int row = 0; row < rows; ++row) {
    std::string line = Format("%2d ", rows - row);
    for (int column = 0; column < columns; ++column) {
      const char stone = stones[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
      const std::string rest = cell(static_cast<Action>(row * columns + column));
      line += stone == '.' && !rest.empty() ? Format(" %-3s", rest.c_str())
                                            : Format(" %c%-2s", stone, rest.c_str());
    }
    text += line + Format("%2d\n", rows - row);
  }
  return text + letters + "\n";
}

std::string LeadText(double black_score) {
  if (std::abs(black_score) < 0.05) return "even";
  return Format("%s by %.1f", black_score > 0.0 ? "Black" : "White", std::abs(black_score));
}

}  // namespace

std::string ValueText(const GoState& state, const PositionAnalysis& analysis) {
  const double sign = BlackSign(state);
  const double black = WinRate(sign * analysis.value);
  const auto filled = static_cast<std::size_t>(std::lround(kBar * black));
  std::string text = StrCat(state.ToMove() == Player::kFirst ? "Black" : "White", " to move, ",
                            analysis.visits, analysis.visits == 1 ? " visit\n\n" : " visits\n\n");
  text += Format("Black %5.1f %%  ", 100.0 * black) + std::string(filled, '#') +
          std::string(kBar - filled, '-') + Format("  %.1f %% White\n", 100.0 * (1.0 - black));
  if (analysis.visits > 1) {
    text += Format("network alone: Black %.1f %%", 100.0 * WinRate(sign * analysis.raw_value));
    if (analysis.has_score) text += ", lead: " + LeadText(sign * analysis.raw_score);
    text += "\n";
  }
  if (analysis.has_score) text += "lead: " + LeadText(sign * analysis.score) + "\n";
  if (analysis.details.given) {
    text += Format("final score in self-play: %s, give or take %.0f\n",
                   LeadText(sign * analysis.details.score_mean).c_str(),
                   analysis.details.score_deviation);
    if (analysis.details.no_result > 0.0005F) {
      text += Format("no result: %.1f %%\n", 100.0 * analysis.details.no_result);
    }
  }
  return text;
}

std::string MovesText(const GoState& state, const PositionAnalysis& analysis, int count) {
  const GoGame& game = state.game();
  const double sign = BlackSign(state);
  const bool searched = analysis.visits > 1;
  std::string text = searched ? StrCat("move  policy  visits  Black wins",
                                       analysis.has_score ? "    lead" : "", "  line\n")
                              : "move  policy\n";
  for (int i = 0; i < std::min(count, static_cast<int>(analysis.moves.size())); ++i) {
    const MoveAnalysis& move = analysis.moves[static_cast<std::size_t>(i)];
    if (searched && move.visits == 0) break;
    text += Format("%-5s%5.1f %%", game.ActionText(move.action).c_str(), 100.0 * move.prior);
    if (searched) {
      text += Format("  %6d     %5.1f %%", move.visits, 100.0 * WinRate(sign * move.value));
      const double score = sign * move.score;
      if (analysis.has_score) {
        text += Format(" %s%5.1f", score < 0.0 ? "W+" : "B+", std::abs(score));
      }
      text += " ";
      for (std::size_t m = 0; m < std::min(move.line.size(), kLineShown); ++m) {
        text += " " + game.ActionText(move.line[m]);
      }
    }
    text += "\n";
  }
  return text;
}

std::string PolicyDiagram(const GoState& state, const PositionAnalysis& analysis) {
  std::vector<int> percents(static_cast<std::size_t>(state.game().spec().num_actions), 0);
  for (std::size_t i = 0; i < analysis.legal.size(); ++i) {
    percents[static_cast<std::size_t>(analysis.legal[i])] =
        static_cast<int>(std::lround(100.0F * analysis.policy[i]));
  }
  const std::string text = Diagram(state, [&](Action action) {
    const int percent = percents[static_cast<std::size_t>(action)];
    return percent > 0 ? std::to_string(percent) : std::string();
  });
  const int pass = percents.back();
  return pass > 0 ? text + StrCat("pass ", pass, "\n") : text;
}

std::string OwnershipDiagram(const GoState& state, const PositionAnalysis& analysis) {
  if (analysis.ownership.empty()) return "";
  const double sign = BlackSign(state);
  return Diagram(state, [&](Action action) {
    const double owner = sign * analysis.ownership[static_cast<std::size_t>(action)];
    const int tenths = std::min(9, static_cast<int>(std::lround(10.0 * std::abs(owner))));
    return tenths == 0 ? std::string() : StrCat(owner > 0.0 ? "+" : "-", tenths);
  });
}

std::string PositionReport(const GoState& state, const PositionAnalysis& analysis) {
  std::string text = ValueText(state, analysis) + "\n" + MovesText(state, analysis, kMovesShown) +
                     "\nPolicy, in percent (X Black, O White)\n\n" + PolicyDiagram(state, analysis);
  const std::string ownership = OwnershipDiagram(state, analysis);
  if (ownership.empty()) return text;
  return text + "\nOwnership, in tenths (+ Black's, - White's)\n\n" + ownership;
}

nlohmann::ordered_json PositionReportJson(const GoState& state, const PositionAnalysis& analysis) {
  AnalysisSettings settings;
  settings.policy = true;
  settings.ownership = true;
  settings.pv_visits = true;
  nlohmann::ordered_json json = AnalysisJson(settings, state, analysis);
  json["board"] = state.board().Rows();
  json["point_of_view"] = "black";
  return json;
}

}  // namespace tengen

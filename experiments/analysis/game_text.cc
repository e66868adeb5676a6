#include "experiments/analysis/game_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "experiments/analysis/analysis_answer.h"

namespace tengen {
namespace {

using Json = nlohmann::ordered_json;

std::string Format(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

const char* NameOf(Player player) { return player == Player::kFirst ? "Black" : "White"; }
const char* LetterOf(Player player) { return player == Player::kFirst ? "B" : "W"; }

// "B+3.2", "W+0.5", "even": whoever leads by `score` in the view of `player`.
std::string LeadText(double score, Player player) {
  if (std::abs(score) < 0.05) return "even";
  const Player leader = score > 0.0 ? player : Opponent(player);
  return LetterOf(leader) + Format("+%.1f", std::abs(score));
}

// A move report in the point of view of a report.
struct Viewed {
  double win_rate;
  double score;
};

Viewed View(const GameReport& report, const MoveReport& move) {
  const double sign = PerspectiveSign(report.perspective, move.move.player);
  return {sign > 0.0 ? move.win_rate : 1.0 - move.win_rate, sign * move.score};
}

const char* PerspectiveText(Perspective perspective) {
  switch (perspective) {
    case Perspective::kBlack:
      return "black";
    case Perspective::kWhite:
      return "white";
    case Perspective::kSideToMove:
      return "mover";
  }
  return "";
}

// What one player's moves gave away.
struct Summary {
  int moves = 0;
  int best = 0;  // moves that the search would have played
  double win_rate_loss = 0.0;
  double score_loss = 0.0;
};

Summary Summarise(const GameReport& report, Player player) {
  Summary summary;
  for (const MoveReport& move : report.moves) {
    if (move.move.player != player) continue;
    ++summary.moves;
    summary.best += move.rank == 1 ? 1 : 0;
    summary.win_rate_loss += move.win_rate_loss;
    summary.score_loss += move.score_loss;
  }
  return summary;
}

// Marks of a move: '*' the best one, '?' gave away a tenth of the win rate, "??" a quarter.
std::string Mark(const MoveReport& move) {
  if (move.rank == 1) return "*";
  return move.win_rate_loss >= 0.25 ? "??" : move.win_rate_loss >= 0.1 ? "?" : "";
}

std::string TableRow(const GoGame& game, const GameReport& report, const MoveReport& move) {
  const Viewed viewed = View(report, move);
  char row[160];
  std::snprintf(row, sizeof(row), "%4d %s %-5s%-2s %6.1f %%", move.number,
                LetterOf(move.move.player), game.ActionText(move.move.action).c_str(),
                Mark(move).c_str(), 100.0 * viewed.win_rate);
  std::string text = row;
  if (report.has_score) {
    std::snprintf(row, sizeof(row), " %8s", LeadText(move.score, move.move.player).c_str());
    text += row;
  }
  std::snprintf(row, sizeof(row), "  %-5s %6.1f %%", game.ActionText(move.best.action).c_str(),
                100.0 * move.win_rate_loss);
  text += row;
  if (report.has_score) text += Format(" %6.1f", move.score_loss);
  std::snprintf(row, sizeof(row), " %7d\n", move.visits);
  return text + row;
}

Json MoveJson(const GoGame& game, const GameReport& report, const MoveReport& move) {
  const Viewed viewed = View(report, move);
  Json json = {{"move", move.number},
               {"player", LetterOf(move.move.player)},
               {"played", game.ActionText(move.move.action)},
               {"winrate", Rounded(viewed.win_rate)}};
  if (report.has_score) json["score"] = Rounded(viewed.score);
  json["loss_winrate"] = Rounded(move.win_rate_loss);
  if (report.has_score) json["loss_points"] = Rounded(move.score_loss);
  json["best"] = game.ActionText(move.best.action);
  for (const Action action : move.best.line) json["best_line"].push_back(game.ActionText(action));
  json["prior"] = Rounded(move.prior);
  json["rank"] = move.rank;
  json["visits"] = move.visits;
  return json;
}

// "Black 54.3 %, B+1.2", in the report's point of view.
std::string ValueText(Player viewer, double win_rate, double score, bool has_score) {
  std::string text = StrCat(NameOf(viewer), Format(" %.1f %%", 100.0 * win_rate));
  return has_score ? text + ", " + LeadText(score, viewer) : text;
}

Player ViewerOf(Perspective perspective, Player mover) {
  if (perspective == Perspective::kSideToMove) return mover;
  return perspective == Perspective::kBlack ? Player::kFirst : Player::kSecond;
}

std::string MoveComment(const GoGame& game, const GameReport& report, const MoveReport& move) {
  const Viewed viewed = View(report, move);
  std::string text = ValueText(ViewerOf(report.perspective, move.move.player), viewed.win_rate,
                               viewed.score, report.has_score);
  text += StrCat(" after ", game.ActionText(move.move.action), " (", move.visits, " visits)\n");
  if (move.rank == 1) return text + "The best move found.";
  text += StrCat("Best: ", game.ActionText(move.best.action), ", gave away ",
                 Format("%.1f %%", 100.0 * move.win_rate_loss));
  if (report.has_score) text += Format(" and %.1f points", move.score_loss);
  text += "\nLine:";
  for (std::size_t i = 0; i < std::min<std::size_t>(move.best.line.size(), 10); ++i) {
    text += " " + game.ActionText(move.best.line[i]);
  }
  return text;
}

void AddComment(SgfNode& node, const std::string& text) {
  for (SgfProperty& property : node.properties) {
    if (property.name != "C" || property.values.empty()) continue;
    property.values[0] += "\n\n" + SgfEscape(text);
    return;
  }
  node.properties.push_back({"C", {SgfEscape(text)}});
}

}  // namespace

std::string GameReportTable(const GameLine& line, const GameReport& report) {
  const GoGame& game = *line.positions.front().game;
  const char* viewer = PerspectiveText(report.perspective);
  const bool scores = report.has_score;
  char header[160];
  std::snprintf(header, sizeof(header), "%-14s %8s%s  %-5s %8s%s %7s\n", "move", "win rate",
                scores ? "     lead" : "", "best", "loss", scores ? " points" : "", "visits");
  std::string text =
      StrCat("Win rate of ", viewer, " after each move; * is the search's choice.\n", header);
  for (const MoveReport& move : report.moves) text += TableRow(game, report, move);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    const Summary summary = Summarise(report, player);
    if (summary.moves == 0) continue;
    const double moves = summary.moves;
    text +=
        StrCat(NameOf(player), ": ", summary.moves, " moves,",
               Format(" %.0f %% the search's choice,", 100.0 * summary.best / moves),
               Format(" %.1f %% lost a move", 100.0 * summary.win_rate_loss / moves),
               report.has_score ? Format(" (%.2f points)", summary.score_loss / moves) : "", "\n");
  }
  return text;
}

Json GameReportJson(const GameLine& line, const GameReport& report) {
  const GoGame& game = *line.positions.front().game;
  Json json = {{"network", report.network},
               {"point_of_view", PerspectiveText(report.perspective)},
               {"columns", line.info.shape.columns},
               {"rows", line.info.shape.rows},
               {"rules", line.rules.Text()},
               {"komi", line.rules.komi()},
               {"notes", line.notes},
               {"moves", Json::array()}};
  for (const MoveReport& move : report.moves) {
    json["moves"].push_back(MoveJson(game, report, move));
  }
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    const Summary summary = Summarise(report, player);
    const double moves = std::max(1, summary.moves);
    Json& out = json["summary"][LetterOf(player)];
    out["moves"] = summary.moves;
    out["best_moves"] = summary.best;
    out["mean_loss_winrate"] = Rounded(summary.win_rate_loss / moves);
    if (report.has_score) out["mean_loss_points"] = Rounded(summary.score_loss / moves);
  }
  return json;
}

void AddComments(const GameLine& line, const GameReport& report, const PositionAnalysis* root,
                 SgfTree& tree) {
  const GoGame& game = *line.positions.front().game;
  std::string head = StrCat("Analysed by Tengen with ", report.network, ". Win rates are ",
                            PerspectiveText(report.perspective), "'s.");
  if (root != nullptr) {
    const Player mover = line.positions.front().state->ToMove();
    const Player viewer = ViewerOf(report.perspective, mover);
    const double sign = viewer == mover ? 1.0 : -1.0;
    head += "\n" +
            ValueText(viewer, WinRate(sign * root->value), sign * root->score, report.has_score) +
            " before the first move";
  }
  AddComment(tree.nodes.front(), head);
  for (const MoveReport& move : report.moves) {
    AddComment(tree.nodes[static_cast<std::size_t>(move.move.node)],
               MoveComment(game, report, move));
  }
}

}  // namespace tengen

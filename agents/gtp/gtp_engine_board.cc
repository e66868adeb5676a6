#include <algorithm>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <vector>

#include "agents/gtp/gtp_engine.h"
#include "agents/gtp/gtp_point.h"
#include "agents/gtp/position_search.h"
#include "envs/core/check.h"

// What stands on the board and what the evaluator thinks of it, as GNU Go's commands and GoGui ask.

namespace tengen {
namespace {

constexpr std::size_t kTopMoves = 10;

std::string Format(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

const char* NameOf(Player player) { return player == Player::kFirst ? "black" : "white"; }

}  // namespace

// list_stones COLOR
GtpEngine::Answer GtpEngine::ListStones(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  const GoState& state = game_.state();
  std::vector<Action> stones;
  for (Action action = 0; action < game_.game().pass(); ++action) {
    if (state.board().At(game_.game().PointOf(action)) == CellOf(*player)) stones.push_back(action);
  }
  return VerticesText(stones);
}

// captures COLOR: how many stones that player has taken.
GtpEngine::Answer GtpEngine::Captures(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  return std::to_string(game_.removed(Opponent(*player)));
}

// One "COLOR VERTEX" a line, the newest first.
GtpEngine::Answer GtpEngine::MoveHistory(const Arguments&) {
  std::string text;
  for (auto move = game_.moves().rbegin(); move != game_.moves().rend(); ++move) {
    text += StrCat(text.empty() ? "" : "\n", NameOf(move->player), " ",
                   game_.game().ActionText(move->action));
  }
  return text;
}

GtpEngine::Answer GtpEngine::LastMove(const Arguments&) {
  if (game_.moves().empty()) return Error{"no previous move known"};
  const GtpMove& move = game_.moves().back();
  return StrCat(NameOf(move.player), " ", game_.game().ActionText(move.action));
}

// Columns, and rows where they are not as many.
GtpEngine::Answer GtpEngine::QueryBoardSize(const Arguments&) {
  const auto [rows, columns] = game_.shape();
  return rows == columns ? std::to_string(columns) : StrCat(columns, " ", rows);
}

// all_legal COLOR
GtpEngine::Answer GtpEngine::AllLegal(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  std::vector<Action> legal;
  game_.StateFor(*player).LegalActions(legal);
  legal.pop_back();  // the pass
  return VerticesText(legal);
}

// is_legal COLOR VERTEX: 1 or 0.
GtpEngine::Answer GtpEngine::IsLegal(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  const auto action = ParseGtpPoint(game_.game(), arguments[1]);
  if (!action) return Error{"syntax error: " + action.error()};
  return std::string(game_.StateFor(*player).IsLegal(*action) ? "1" : "0");
}

// color VERTEX: black, white or empty.
GtpEngine::Answer GtpEngine::ColorAt(const Arguments& arguments) {
  const auto action = ParseGtpPoint(game_.game(), arguments[0]);
  if (!action) return Error{"syntax error: " + action.error()};
  if (*action == game_.game().pass()) return Error{"syntax error: a pass, wanted a point"};
  const Cell cell = game_.state().board().At(game_.game().PointOf(*action));
  if (cell == Cell::kEmpty) return std::string("empty");
  return std::string(NameOf(cell == Cell::kFirst ? Player::kFirst : Player::kSecond));
}

// gogui-play_sequence COLOR VERTEX COLOR VERTEX...: all of them or none.
GtpEngine::Answer GtpEngine::PlaySequence(const Arguments& arguments) {
  if (arguments.size() % 2 != 0) return Error{"syntax error: wanted pairs of COLOR and VERTEX"};
  const std::size_t before = game_.moves().size();
  const Player to_move = game_.to_move();
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    const Answer played = Play({arguments[at], arguments[at + 1]});
    if (played) continue;
    while (game_.moves().size() > before) (void)game_.Undo();
    game_.SetToMove(to_move);
    return played;
  }
  return std::string();
}

// Seconds of processor time that the program has used.
GtpEngine::Answer GtpEngine::CpuTime(const Arguments&) {
  timespec time = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return Format("%.3f",
                static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec));
}

PositionEvaluation GtpEngine::EvaluateFor(Player player) {
  return search_->Evaluate(game_.StateFor(player), search_->rng().Next());
}

// The evaluator's first moves, each with its prior in percent.
GtpEngine::Answer GtpEngine::TopMoves(Player player) {
  const PositionEvaluation evaluation = EvaluateFor(player);
  std::vector<std::size_t> order(evaluation.legal.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return evaluation.prior[a] > evaluation.prior[b];
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(order.size(), kTopMoves); ++i) {
    text += StrCat(text.empty() ? "" : " ", game_.game().ActionText(evaluation.legal[order[i]]),
                   Format(" %.2f", 100.0 * evaluation.prior[order[i]]));
  }
  return text;
}

GtpEngine::Answer GtpEngine::TopMovesBlack(const Arguments&) { return TopMoves(Player::kFirst); }
GtpEngine::Answer GtpEngine::TopMovesWhite(const Arguments&) { return TopMoves(Player::kSecond); }

// TYPE/LABEL/COMMAND a line, of pictures that GoGui can draw.
GtpEngine::Answer GtpEngine::GoguiCommands(const Arguments&) {
  return std::string(
      "gfx/Tengen Policy/tengen-policy\n"
      "dboard/Tengen Ownership/tengen-ownership\n"
      "string/Tengen Value/tengen-value\n"
      "string/Tengen Top Moves Black/top_moves_black\n"
      "string/Tengen Top Moves White/top_moves_white");
}

// Labels of all moves from one percent on, and shades behind them.
GtpEngine::Answer GtpEngine::GoguiPolicy(const Arguments&) {
  const PositionEvaluation evaluation = EvaluateFor(game_.to_move());
  std::string labels = "LABEL";
  std::string shades;
  std::string pass;
  for (std::size_t i = 0; i < evaluation.legal.size(); ++i) {
    const double percent = 100.0 * evaluation.prior[i];
    const std::string move = game_.game().ActionText(evaluation.legal[i]);
    if (percent < 0.5) continue;
    if (evaluation.legal[i] == game_.game().pass()) {
      pass = Format("\nTEXT pass %.0f %%", percent);
      continue;
    }
    labels += StrCat(" ", move, Format(" %.0f", percent));
    const int shade = 230 - static_cast<int>(std::min(percent, 100.0));
    char color[16];
    std::snprintf(color, sizeof(color), "#%02x%02x%02x", shade, 230, shade);
    shades += StrCat("COLOR ", color, " ", move, "\n");
  }
  return shades + labels + pass;
}

// A number for each point, +1 Black's to -1 White's.
GtpEngine::Answer GtpEngine::GoguiOwnership(const Arguments&) {
  const Player player = game_.to_move();
  const GoState& state = game_.StateFor(player);
  std::vector<float> black = search_->Evaluate(state, search_->rng().Next()).ownership;
  if (black.empty()) {
    black = OwnershipByPlayouts(state, 100, search_->rng());
  } else if (player == Player::kSecond) {
    for (float& owner : black) owner = -owner;
  }
  std::string text;
  const auto columns = static_cast<std::size_t>(game_.shape().columns);
  for (std::size_t p = 0; p < black.size(); ++p) {
    text += (p == 0 ? "" : p % columns == 0 ? "\n" : " ") + Format("%.3f", black[p]);
  }
  return text;
}

// The win rate and, if the evaluator has one, the score of the player to move.
GtpEngine::Answer GtpEngine::GoguiValue(const Arguments&) {
  const Player player = game_.to_move();
  const PositionEvaluation evaluation = EvaluateFor(player);
  std::string text =
      StrCat(NameOf(player), Format(" wins %.1f %%", 100.0 * WinRate(evaluation.value)));
  if (evaluation.score != 0.0F) text += Format(", leads by %+.1f points", evaluation.score);
  return text;
}

}  // namespace tengen

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "agents/gtp/gtp_engine.h"
#include "envs/core/check.h"

// What a search found and how fast it was, in words for people (KataGo's debugging commands, whose
// form is nobody's business, and its kata-benchmark).

namespace tengen {
namespace {

constexpr int kTableMoves = 10;
constexpr int kBenchPositions = 10;

std::string Format(const char* format, auto... values) {
  char text[160];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

}  // namespace

// The search's moves, a line each, view of the player to move.
std::string GtpEngine::SearchTable() const {
  const PositionAnalysis analysis = search_->Analysis();
  std::string table =
      Format("root: %d visits, win rate %.1f %%", analysis.visits, 100.0 * WinRate(analysis.value));
  if (analysis.has_score) table += Format(", lead %+.1f", static_cast<double>(analysis.score));
  const auto shown = std::min<std::size_t>(kTableMoves, analysis.moves.size());
  for (const MoveAnalysis& move : std::span(analysis.moves).first(shown)) {
    if (move.visits == 0) break;
    table += Format("\n%-4s visits %6d  win rate %5.1f %%  ",
                    game_.game().ActionText(move.action).c_str(), move.visits,
                    100.0 * WinRate(move.value));
    if (analysis.has_score) table += Format("lead %+6.1f  ", static_cast<double>(move.score));
    table += Format("prior %5.1f %%  pv", 100.0 * static_cast<double>(move.prior));
    for (const Action action : move.line) table += ' ' + game_.game().ActionText(action);
  }
  return table;
}

// genmove_debug COLOR: as genmove, and people read what the search found.
GtpEngine::Answer GtpEngine::GenMoveDebug(const Arguments& arguments) {
  const Answer answer = GenMove(arguments);
  if (answer && searched_) Say(SearchTable());
  return answer;
}

GtpEngine::Answer GtpEngine::KataSearchDebug(const Arguments& arguments) {
  const Answer answer = KataSearch(arguments);
  if (answer && searched_) Say(SearchTable());
  return answer;
}

// debug_moves [rawstats] [MOVE]...: what a search says of the position behind these moves.
GtpEngine::Answer GtpEngine::DebugMoves(const Arguments& arguments) {
  const std::size_t before = game_.moves().size();
  const Player to_move = game_.to_move();
  const bool raw = !arguments.empty() && arguments[0] == "rawstats";
  Answer answer = std::string();
  for (std::size_t at = raw ? 1 : 0; at < arguments.size() && answer; ++at) {
    answer = Play({std::string(GtpPlayerText(game_.to_move())), arguments[at]});
  }
  if (answer) answer = game_.state().Text() + DescribePosition(raw);
  while (game_.moves().size() > before) (void)game_.Undo();
  game_.SetToMove(to_move);
  return answer;
}

std::string GtpEngine::DescribePosition(bool raw) {
  const GoState& root = game_.StateFor(game_.to_move());
  std::string text;
  if (raw) {
    const PositionEvaluation alone = search_->Evaluate(root, search_->rng().Next());
    text +=
        Format("alone: win rate %.1f %%, lead %+.1f\n",
               100.0 * WinRate(static_cast<double>(alone.value)), static_cast<double>(alone.score));
  }
  PositionSearchRequest request;
  request.root = &root;
  request.visits = std::max(1, config_.visits);
  (void)search_->Run(request);
  text += SearchTable();
  search_->Forget();  // of a position that is left
  return text;
}

// kata-debug-print-tc: what both clocks leave for the next move.
GtpEngine::Answer GtpEngine::DebugClocks(const Arguments&) {
  std::string text;
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    const auto seconds = clock_.Budget(player, 1);
    text += text.empty() ? "" : "\n";
    text += player == Player::kFirst ? "black: " : "white: ";
    text += seconds ? Format("%.2f s for a last move", *seconds) : std::string("no limit");
  }
  return text;
}

// kata-benchmark VISITS: searches positions of a game by the policy, one after the other.
GtpEngine::Answer GtpEngine::KataBenchmark(const Arguments& arguments) {
  const auto visits = ParseGtpInt(arguments[0], 1, 1'000'000);
  if (!visits) return Error{"syntax error: visits: " + visits.error()};
  io_.write("=" + command_->id + "\n");
  streamed_ = true;
  GtpGame game(game_.shape(), rules_.rules);
  const int step = std::max(1, game_.shape().points() / 20);  // moves between positions
  double seconds = 0.0;
  std::int64_t evaluated = 0;
  for (int position = 0; position < kBenchPositions; ++position) {
    for (int i = 0; i < step && !game.state().IsTerminal(); ++i) {
      const GoState& state = game.StateFor(game.to_move());
      const PositionEvaluation answer = search_->Evaluate(state, search_->rng().Next());
      const auto best = std::max_element(answer.prior.begin(), answer.prior.end());
      game.Execute(game.to_move(),
                   answer.legal[static_cast<std::size_t>(best - answer.prior.begin())]);
    }
    search_->Forget();
    PositionSearchRequest request;
    request.root = &game.StateFor(game.to_move());
    request.visits = *visits;
    const auto start = std::chrono::steady_clock::now();
    evaluated += search_->Run(request).simulations;
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  search_->Forget();
  io_.write(Format("numSearchThreads = %2d: %d / %d positions, visits/s = %.2f (%.1f secs)\n",
                   config_.threads, kBenchPositions, kBenchPositions,
                   static_cast<double>(evaluated) / std::max(seconds, 1e-9), seconds));
  return std::string();
}

}  // namespace tengen

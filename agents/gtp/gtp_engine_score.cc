#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "agents/gtp/dead_stones.h"
#include "agents/gtp/gtp_engine.h"
#include "envs/core/check.h"
#include "envs/go/scoring.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_game.h"

// The end of a game and its record.

namespace tengen {
namespace {

constexpr int kPlayouts = 200;  // that decide which stones are dead
constexpr std::size_t kMaxSgfBytes = 64'000'000;

std::string ScoreText(int half_score) {
  if (half_score == 0) return "0";
  return (half_score > 0 ? "B+" : "W+") + KomiText(std::abs(half_score));
}

}  // namespace

// Chains that the evaluator's ownership (or, without it, random games) gives to the opponent.
std::vector<Point> GtpEngine::DeadStones() {
  GtpGame scratch(game_.shape(), rules_.rules);
  const GoBoard& board = game_.state().board();
  // The same board in a game that is not over.
  const Status started = scratch.Start(board.Rows(), game_.to_move());
  TENGEN_CHECK(started.ok(), started.ok() ? "" : started.error());
  const GoState& state = scratch.state();
  Rng rng(config_.seed, RngRole::kEvaluation);  // the same board, the same answer
  std::vector<float> black = search_->Evaluate(state, rng.Next()).ownership;
  if (black.empty()) {
    black = OwnershipByPlayouts(state, kPlayouts, rng);
  } else if (state.ToMove() == Player::kSecond) {
    for (float& owner : black) owner = -owner;
  }
  return ChainsOfOthers(game_.game(), board, black);
}

int GtpEngine::HalfScore() {
  std::vector<Point> dead;
  if (!rules_.all_stones_alive) dead = DeadStones();
  GoScore score = ScoreGame(game_.state().board(), rules_.rules.tax, dead);
  // Prisoners taken before the position that the present GoGame began with.
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    score.prisoners[static_cast<std::size_t>(Index(player))] +=
        game_.removed(Opponent(player)) - game_.state().board().removed(Opponent(player));
  }
  return 2 * score.Difference(rules_.rules) - game_.game().half_compensation();
}

GtpEngine::Answer GtpEngine::FinalScore(const Arguments&) { return ScoreText(HalfScore()); }

// dead, alive or seki; one line for each chain. This engine calls no stone seki.
GtpEngine::Answer GtpEngine::FinalStatusList(const Arguments& arguments) {
  const std::string status = LowerCase(arguments[0]);
  if (status != "dead" && status != "alive" && status != "seki") {
    return Error{"syntax error: status, wanted dead, alive or seki"};
  }
  if (status == "seki") return std::string();
  const GoBoard& board = game_.state().board();
  const std::vector<Point> dead = DeadStones();
  std::string text;
  for (const Point head : ChainHeads(game_.game(), board)) {
    const bool is_dead = std::find(dead.begin(), dead.end(), head) != dead.end();
    if (is_dead != (status == "dead")) continue;
    std::vector<Action> chain;
    for (const Point p : ChainAt(board, head)) chain.push_back(game_.game().ActionOf(p));
    text += (text.empty() ? "" : "\n") + VerticesText(chain);
  }
  return text;
}

// loadsgf FILE [MOVE]: the position before that move of the main line, or at its end.
GtpEngine::Answer GtpEngine::LoadSgf(const Arguments& arguments) {
  int moves = kAllSgfMoves;
  if (arguments.size() > 1) {
    const auto move = ParseGtpInt(arguments[1], 1, 1'000'000);
    if (!move) return Error{"syntax error: " + move.error()};
    moves = *move - 1;
  }
  std::ifstream file(arguments[0], std::ios::binary);
  std::string bytes;
  for (char buffer[1 << 14]; file.read(buffer, sizeof(buffer)), file.gcount() > 0;) {
    bytes.append(buffer, static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > kMaxSgfBytes) return Error{"cannot load file: too long"};
  }
  if (bytes.empty()) return Error{"cannot load file"};
  const auto trees = ParseSgf(bytes);
  if (!trees) return Error{"cannot load file: " + trees.error()};
  const SgfTree& tree = trees->front();
  const auto replay = ReplaySgf(tree, tree.MainLine(), moves);
  if (!replay) return Error{"cannot load file: " + replay.error()};
  if (replay->problem) return Error{"cannot load file: " + replay->problem->message};
  const SgfPosition& position = replay->position;
  const BoardShape shape = position.board.shape();
  if (shape != game_.shape()) {
    if (const Status status = Reopen(shape); !status) {
      return Error{"cannot load file: " + status.error()};
    }
    game_.Resize(shape);
  }
  const SgfGameInfo info = ReadSgfGameInfo(tree).value();
  if (info.half_komi && std::abs(*info.half_komi) <= 2000) {
    rules_.rules.half_komi = *info.half_komi;
    game_.SetRules(rules_.rules);
  }
  // A number of stones that no board holds is no handicap.
  const bool handicap = info.handicap >= 0 && info.handicap <= shape.points();
  const Status started =
      game_.Start(position.diagram, position.first_to_move, handicap ? info.handicap : 0);
  TENGEN_CHECK(started.ok(), started.ok() ? "" : started.error());
  for (const SgfMove& move : position.moves) {
    // Records may repeat positions that the rules in force forbid: the board counts.
    if (game_.Play(move.player, move.action).ok()) continue;
    const Status restarted = game_.Start(position.board.Rows(), position.to_move);
    TENGEN_CHECK(restarted.ok(), restarted.ok() ? "" : restarted.error());
    break;
  }
  search_->Forget();
  hopeless_ = {0, 0};
  return std::string(GtpPlayerText(position.to_move) == "B" ? "black" : "white");
}

GtpEngine::Answer GtpEngine::PrintSgf(const Arguments& arguments) {
  GoSetup setup;
  setup.shape = game_.shape();
  setup.rules = rules_.rules;
  setup.diagram = game_.diagram();
  setup.to_move = game_.first_to_move();
  setup.handicap = game_.handicap();
  SgfTree tree = SgfOfStart(setup, SgfEscape(config_.name) + ":" + SgfEscape(config_.version));
  int node = 0;
  for (const GtpMove& move : game_.moves()) {
    node = AddSgfMove(tree, node, move.player, move.action, setup.shape);
  }
  const std::string text = WriteSgf({tree});
  if (arguments.empty()) return text;
  std::ofstream file(arguments[0], std::ios::binary);
  file << text;
  file.close();
  if (!file) return Error{"cannot write file"};
  return std::string();
}

}  // namespace tengen

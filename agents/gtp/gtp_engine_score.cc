#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <utility>

#include "agents/gtp/dead_stones.h"
#include "agents/gtp/gtp_engine.h"
#include "agents/gtp/record_game.h"
#include "envs/core/check.h"
#include "envs/go/scoring.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_game.h"
#include "nets/gzip_file.h"

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
  const GoScore score = ScoreGame(game_.state().board(), rules_.rules.tax, dead);
  return 2 * score.Difference(rules_.rules) - game_.game().half_compensation();
}

GtpEngine::Answer GtpEngine::FinalScore(const Arguments&) { return ScoreText(HalfScore()); }

// As GNU Go writes it, with White's score between bounds, which are the estimate itself here: what
// the evaluator expects of a game that goes on, if it knows scores; what counts of any other.
GtpEngine::Answer GtpEngine::EstimateScore(const Arguments&) {
  double white = -0.5 * HalfScore();
  if (!game_.state().IsTerminal()) {
    const auto score = static_cast<double>(EvaluateFor(game_.to_move()).score);
    if (score != 0.0) white = game_.to_move() == Player::kFirst ? -score : score;
  }
  char text[100];
  std::snprintf(text, sizeof(text), "%c+%.1f (upper bound: %.1f, lower: %.1f)",
                white < 0.0 ? 'B' : 'W', std::abs(white), white + 0.0, white + 0.0);
  return std::string(text);
}

// dead, alive or seki; one line for each chain, which is in one list alone.
GtpEngine::Answer GtpEngine::FinalStatusList(const Arguments& arguments) {
  const std::string status = LowerCase(arguments[0]);
  if (status != "dead" && status != "alive" && status != "seki") {
    return Error{"syntax error: status, wanted dead, alive or seki"};
  }
  const GoBoard& board = game_.state().board();
  const std::vector<Point> dead = DeadStones();
  const std::vector<Point> seki = StonesInSeki(board, dead);
  const auto holds = [](const std::vector<Point>& stones, Point p) {
    return std::find(stones.begin(), stones.end(), p) != stones.end();
  };
  std::string text;
  for (const Point head : ChainHeads(game_.game(), board)) {
    const char* const is = holds(dead, head) ? "dead" : holds(seki, head) ? "seki" : "alive";
    if (status != is) continue;
    std::vector<Action> chain;
    for (const Point p : ChainAt(board, head)) chain.push_back(game_.game().ActionOf(p));
    text += (text.empty() ? "" : "\n") + VerticesText(chain);
  }
  return text;
}

namespace {

SgfTree SgfOfGame(const GoSetup& start, const std::vector<GtpMove>& moves,
                  const std::string& program, const NamedRules& rules) {
  SgfTree tree = SgfOfStart(start, program, RulesName(rules));
  int node = 0;
  for (const GtpMove& move : moves) {
    node = AddSgfMove(tree, node, move.player, move.action, start.shape);
  }
  return tree;
}

}  // namespace

void GtpEngine::Say(const std::string& sentence) const {
  if (io_.say) io_.say(sentence + "\n");
}

// loadsgf FILE [MOVE]: the position before that move of the main line, or at its end.
GtpEngine::Answer GtpEngine::LoadSgf(const Arguments& arguments) {
  int moves = kAllSgfMoves;
  if (arguments.size() > 1) {
    const auto move = ParseGtpInt(arguments[1], 1, 1'000'000);
    if (!move) return Error{"syntax error: " + move.error()};
    moves = *move - 1;
  }
  const std::string cannot = "cannot load file: ";
  const auto bytes = ReadGzipFile(arguments[0], kMaxSgfBytes);
  if (!bytes) return Error{cannot + bytes.error()};
  const auto trees = ParseSgf(*bytes);
  if (!trees) return Error{cannot + trees.error()};
  const SgfTree& tree = trees->front();
  auto record = RecordGame::Start(tree, tree.MainLine(), {rules_.rules, !rules_.all_stones_alive});
  if (!record) return Error{cannot + record.error()};
  while (record->follower().moves() < moves && record->Next()) {
  }
  if (record->problem()) return Error{cannot + record->problem()->message};
  const BoardShape shape = record->game().shape();
  if (shape != game_.shape()) {
    if (const Status status = Reopen(shape); !status) return Error{cannot + status.error()};
  }
  for (const std::string& note : record->Notes()) Say(arguments[0] + ": " + note);
  rules_ = {record->rules().rules, !record->rules().agreement};
  game_ = std::move(record->game());
  game_.BeginAnewAtRepeats();
  search_->Forget();
  hopeless_ = {0, 0};
  return std::string(game_.to_move() == Player::kFirst ? "black" : "white");
}

GtpEngine::Answer GtpEngine::PrintSgf(const Arguments& arguments) {
  const NamedRules rules = {rules_.rules, !rules_.all_stones_alive};
  const std::string program = SgfEscape(config_.name) + ":" + SgfEscape(config_.version);
  GoSetup start;
  start.shape = game_.shape();
  start.rules = rules_.rules;
  start.diagram = game_.diagram();
  start.to_move = game_.first_to_move();
  start.handicap = game_.start_handicap();
  SgfTree tree = SgfOfGame(start, game_.moves(), program, rules);
  // Whoever reads the record counts prisoners and handicap stones by its start and its moves. Where
  // the game's own count is another, from before its board was set up anew, the difference goes
  // into KM.
  const auto [black_removed, white_removed] = game_.start_removed();
  const bool prisoners = rules_.rules.scoring == ScoringRule::kTerritory;
  const int lost = prisoners ? 2 * (black_removed - white_removed) : 0;
  if (auto read = RecordGame::Start(tree, tree.MainLine(), rules)) {
    while (read->Next()) {
    }
    const int missing =
        game_.game().half_compensation() - read->game().game().half_compensation() + lost;
    start.rules.half_komi += missing;
    if (missing != 0) tree = SgfOfGame(start, game_.moves(), program, rules);
  }
  const std::string text = WriteSgf({tree});
  if (arguments.empty() || arguments[0] == "-") return text;
  std::ofstream file(arguments[0], std::ios::binary);
  file << text;
  file.close();
  if (!file) return Error{"cannot write file"};
  return std::string();
}

}  // namespace tengen

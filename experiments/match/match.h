#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/agent.h"
#include "envs/core/game.h"
#include "experiments/match/games_at_once.h"
#include "experiments/match/openings.h"
#include "experiments/statistics/pentanomial.h"
#include "experiments/statistics/sprt.h"

namespace tengen {

struct MatchConfig {
  int games = 100;        // rounded up to whole pairs
  int first_pair = 0;     // the pairs before it were played elsewhere; without sprt
  int opening_plies = 2;  // uniform random legal moves (never a pass) before the agents take over
  // One for each pair, from elsewhere; empty: DrawOpenings.
  Openings openings;
  std::uint64_t seed = 1;
  int threads = 1;
  int games_a_thread = 1;  // that take turns, each with agents of its own (games_at_once.h)
  void Use(const GamesAtOnce& at_once);
  // Ends the match as soon as this test has a verdict.
  std::optional<SprtConfig> sprt;
  // A stop ends the games under way too and leaves them out, which favours short ones: what was
  // played then tells nothing.
  bool stop_drops_games = false;
};

// Makes an agent for one game at a time. Called on its thread; must be thread-safe.
using AgentMaker = std::function<std::unique_ptr<Agent>()>;

// The agents of one game at a time.
struct Opponents {
  std::unique_ptr<Agent> a;
  std::unique_ptr<Agent> b;
  std::function<void()> before_game;  // for what they share; may be empty
};

// Called as AgentMaker.
using OpponentsMaker = std::function<Opponents()>;

// How a game of a match ended.
enum class MatchEnd {
  kRules,        // by the rules of the game
  kResignation,  // the loser resigned
  kFailure,      // the loser is a program that gave no legal move
};

struct MatchGame {
  int index = 0;  // games 2k and 2k + 1 share an opening with colours swapped
  bool a_is_first = true;
  std::vector<Action> moves;  // opening included
  int opening_plies = 0;
  double result_a = 0.0;  // +1 a won, 0 draw, -1 b won
  MatchEnd end = MatchEnd::kRules;
  AgentFailure failure = AgentFailure::kNone;  // with kFailure: what the loser did
  std::string failure_text;
  // Games with area that ended by the rules: the referee's score, first player minus second, and
  // what the agents (a, b) themselves count, where they have an opinion.
  std::optional<float> score;
  std::array<std::optional<float>, 2> own_scores;

  // Whether an agent counts another winner than the referee.
  bool disputed() const;
};

struct MatchResult {
  std::vector<MatchGame> games;         // by index; shorter than asked for after a stop
  int wins = 0, draws = 0, losses = 0;  // a's
  int first_player_wins = 0;
  Pentanomial pairs;          // a's points in whole pairs
  int distinct_openings = 0;  // of all that the match might have used
  std::optional<Sprt> sprt;   // as it stood at the end

  int count() const { return wins + draws + losses; }
  double points() const { return wins + 0.5 * draws; }
  // Games that agent a (or else b) lost by a failure of that kind.
  int Failures(bool of_a, AgentFailure failure) const;
};

// Plays a against b in colour-swapped pairs. Game i depends on (seed, i) and the agents alone;
// where several take turns on a thread and networks answer them in batches, also on the number of
// threads and of games on each, since answers differ in their last digits with the size of a batch.
// A sequential test takes the pairs in their order, and games that were under way when it ended are
// left out: of the result, and those that end later of `progress` too. An agent that fails loses
// that game (ActResult::failure).
//
// `stop` (may be null) ends the match, as a rule after the games under way; `progress` (may be
// empty) is called after each game, one call at a time, with that game last in MatchResult::games.
// Rethrows an agent's exception.
MatchResult PlayMatch(const Game& game, const OpponentsMaker& make, const MatchConfig& config,
                      const std::atomic<bool>* stop = nullptr,
                      const std::function<void(const MatchResult&)>& progress = {});
// Of agents that share nothing.
MatchResult PlayMatch(const Game& game, const AgentMaker& a, const AgentMaker& b,
                      const MatchConfig& config, const std::atomic<bool>* stop = nullptr,
                      const std::function<void(const MatchResult&)>& progress = {});

}  // namespace tengen

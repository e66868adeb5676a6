#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/rng.h"

namespace tengen {

// What an agent can tell about its choice. Values are from the view of the player to move.
struct ActInfo {
  float value = 0.0F;  // expected return in the position before the move
  float score = 0.0F;  // expected final score in points, 0 where not known
  int visits = 0;      // simulations spent
  std::vector<Action> principal_variation;
};

// Why an agent that is another program gave no move.
enum class AgentFailure {
  kNone,
  kTimeout,      // no answer in time
  kExit,         // it ended, or could not be started again
  kBadAnswer,    // an answer that is none, or a command refused
  kIllegalMove,  // a move that the rules forbid
};
inline constexpr int kNumAgentFailures = 5;

struct ActResult {
  Action action = kNoAction;
  bool resigns = false;  // the action is kNoAction, or still legal for callers that play on
  ActInfo info;
  // Set: there is no action, and the game is lost for this agent. It can play the next one.
  AgentFailure failure = AgentFailure::kNone;
  std::string failure_text;  // what happened
};

// Chooses actions: a person, a random or network policy, a search, another program. All of them can
// play each other in `match`. An agent follows one game at a time; not thread-safe.
class Agent {
 public:
  virtual ~Agent() = default;

  // For logs and tables, e.g. "mcts:800".
  virtual std::string Name() const = 0;
  // A new game begins; forget the last one.
  virtual void Restart() = 0;
  // Chooses for the player to move. `state` need not follow from the last call's.
  // REQUIRES: !state.IsTerminal().
  virtual ActResult Act(const State& state, Rng& rng) = 0;
  // The result of a finished game as the agent counts it, first player minus second with komi; for
  // programs with an opinion of their own.
  virtual std::optional<float> OwnScore(const State& state) {
    (void)state;
    return std::nullopt;
  }
};

}  // namespace tengen

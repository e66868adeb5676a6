#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "agents/agent.h"
#include "envs/core/result.h"
#include "nets/net_evaluator.h"

namespace tengen {

// An agent as people write it:
//
//   random                     uniform legal moves
//   mcts:800                   PUCT with 800 random rollouts a move, no network
//   run:FOLDER                 the newest network of a run folder (or a network folder itself)
//   run:FOLDER@500             its network after 500 steps; @0 is the untrained one
//   katago:FILE                a network file of KataGo, for games of Go
//
// and options behind it: ",visits=100" simulations a move (a network's default is 100; 0 plays its
// raw policy without search), ",symmetry=fixed" evaluates without random symmetries, ",batch=8"
// collects 8 leaves of the tree for each evaluation (virtual loss).
struct AgentSpec {
  enum class Kind { kRandom, kRollouts, kNetwork, kKataGo };

  std::string text;  // as written
  Kind kind = Kind::kRandom;
  std::filesystem::path folder;      // of kNetwork; the file of kKataGo
  std::optional<std::int64_t> step;  // empty: newest
  int visits = 100;                  // rollouts for kRollouts
  bool fixed_symmetry = false;
  int leaf_batch = 1;

  bool has_network() const { return kind == Kind::kNetwork || kind == Kind::kKataGo; }

  // Errors say what was met and what is wanted.
  static Result<AgentSpec> Parse(const std::string& text);
};

// Holds what all agents of one spec share (the network); makes agents for any number of threads.
class AgentFactory {
 public:
  // Errors: the network cannot be read, or plays another game.
  static Result<AgentFactory> Open(const AgentSpec& spec, std::shared_ptr<const Game> game,
                                   Device device);
  // For a network that is already in memory.
  AgentFactory(const AgentSpec& spec, std::shared_ptr<const Game> game,
               std::shared_ptr<Evaluator> evaluator);

  // Thread-safe.
  std::unique_ptr<Agent> Make() const;
  const AgentSpec& spec() const { return spec_; }
  // The network; null for agents without one.
  const std::shared_ptr<Evaluator>& evaluator() const { return evaluator_; }

 private:
  AgentSpec spec_;
  std::shared_ptr<const Game> game_;
  std::shared_ptr<Evaluator> evaluator_;  // of the network; null for the others
};

}  // namespace tengen

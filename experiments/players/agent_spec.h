#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agents/agent.h"
#include "agents/gtp/interruption.h"
#include "envs/core/result.h"
#include "nets/device.h"
#include "search/mcts.h"
#include "search/symmetry_evaluator.h"

namespace tengen {

// How an `alphago:` agent puts its stages together.
struct AlphaGoOptions {
  enum class Policy { kSl, kRl, kLinear };
  enum class Switch { kOff, kOn, kAsThere };
  Policy policy = Policy::kSl;
  Switch value = Switch::kAsThere;
  bool rollouts = true;
  double lambda = 0.25;  // see search/leaf_mix_evaluator.h
  int expand_visits = 1;
};

class AlphaGoParts;

// An agent as people write it:
//
//   random                     uniform legal moves
//   mcts:800                   PUCT with 800 random rollouts a move, no network
//   rollouts:FILE              the same with rollouts by a learnt policy, of a file or run folder
//                              of `tengen learn rollout-policy`; visits=0: the policy alone
//   alphago:FOLDER             AlphaGo's search with the stages that the run folder holds
//                              (alphago_parts.h); the rollout policy is the prior where no policy
//                              network is
//   run:FOLDER                 the newest network of a run folder (or a network folder itself)
//   run:FOLDER@500             its network after 500 steps; @0 is the untrained one
//   net:NAME                   a network that comes with the program (net:go9)
//   katago:FILE                a network file of KataGo, for games of Go
//   gtp:"COMMAND"              an outside program of Go that speaks GTP, run by /bin/sh
//
// and options behind it, separated by commas:
//
//   visits=100        simulations a move, at most; a network's default is 100 (0: its raw policy,
//                     without search)
//   seconds=1.5       time a move, at most; a network with seconds and no visits has no other
//                     limit. A program is told it by time_settings
//   symmetry=fixed    evaluates without random symmetries (random: the default; average: in all of
//                     them, which costs eight evaluations each)
//   batch=8           collects 8 leaves of the tree for each evaluation
//   threads=2         a network on the CPU: evaluates 2 batches at once while others are selected,
//                     as many leaves in all, where no batch is given, as LeafBatchesFor says
//                     (batch_queue.h)
//   c_init=0.8        how far the search strays from the best move, PUCT's constant for returns in
//                     [0, 1] (puct.h); networks and alphago 0.55,
//                     others 1.25
//   c_factor=0.225    grows with the visits by this times log(1 + visits / c_base); 1
//   c_base=500        see there; 19652
//   lcb=off           plays the most visited move, not the one with the best lower confidence bound
//                     (return_spread.h); networks on, others off
//   stdev=on          explores in proportion to the spread of returns (return_spread.h)
//   value_bias=on     corrects what the network misjudges again and again (value_bias.h)
//   score_utility=on  likes to win by more, in games with a score (score_utility.h)
//                     Each also takes its strength as a number, off is 0; off by default but lcb
//   policy=sl         alphago: the prior is the supervised policy (rl: after REINFORCE; linear: the
//                     rollout policy, also where networks are)
//   value=on          alphago: a value network judges leaves (off; by default if there is one)
//   rollouts=off      alphago: no rollouts judge leaves (on: the default)
//   lambda=0.25       alphago: the share of rollouts where both judge (the paper's: 0.5)
//   expand=1          alphago: visits until a leaf is looked behind
//   profile=rank_5k   whom a network of KataGo that imitates people plays like (katago_profile.h)
//   timeout=60        seconds for each answer of a program, the first one too; then it is ended
//   log=FILE          where a program's standard error is appended; else it goes to ours
//
// Commands, folders, files and values may stand between quotes: run:"a,b@c"@500,visits=10. There
// commas and @ are their own; \" and \\ stand for " and \. Without quotes they end at the first
// comma, and a folder at its last @.
struct AgentSpec {
  enum class Kind { kRandom, kRollouts, kLearntRollouts, kAlphaGo, kNetwork, kKataGo, kProgram };

  // Visits of an agent that only time limits.
  static constexpr int kTimeDecides = 100'000'000;

  std::string text;  // as written
  Kind kind = Kind::kRandom;
  std::filesystem::path folder;      // of kNetwork, kAlphaGo; the file of kKataGo, kLearntRollouts
  std::optional<std::int64_t> step;  // empty: newest
  int visits = 100;                  // rollouts for kRollouts
  double seconds = 0.0;              // a move; 0 = visits alone decide
  EvaluatedSymmetry symmetry = EvaluatedSymmetry::kRandom;
  int leaf_batch = 1;
  bool chose_batch = false;      // whether the text has batch=
  int threads = 1;               // of a network on the CPU
  bool chose_threads = false;    // whether the text has threads=
  int batches = 1;               // of a tree at once, by threads and visits
  std::optional<double> c_init;  // empty: as Search() says
  std::optional<double> c_factor;
  std::optional<double> c_base;
  std::optional<double> lcb_stdevs;  // empty: as Search() says
  StdevParameters stdev;
  ValueBiasParameters value_bias;
  double score_utility = 0.0;
  AlphaGoOptions alphago;     // of kAlphaGo
  std::string profile;        // of kKataGo; empty: the network is told nothing
  std::string command;        // of kProgram
  double timeout_s = 60.0;    // of kProgram
  std::filesystem::path log;  // of kProgram; may be empty
  // Of networks, not in the text: what agents ask that PlayTogether calls on one thread is computed
  // in batches (gathering_evaluator.h).
  bool gathers = false;
  // Of kProgram, not in the text: raised, nobody waits for the program any more. May be null.
  std::shared_ptr<const Interruption> interruption;

  // An agent that is a network's, and nothing but it.
  bool has_network() const { return kind == Kind::kNetwork || kind == Kind::kKataGo; }
  bool is_alphago() const { return kind == Kind::kAlphaGo || kind == Kind::kLearntRollouts; }
  // Whether its moves come from a tree search or a policy, not from a program or chance.
  bool searches() const { return has_network() || is_alphago() || kind == Kind::kRollouts; }
  // As the option threads=COUNT.
  void UseThreads(int count);
  // How its trees grow, by the text: PUCT without noise. How large they may be is left open.
  MctsConfig Search() const;

  // Errors say what was met and what is wanted.
  static Result<AgentSpec> Parse(const std::string& text);
};

// "identity" (or "fixed"), "random", "average". Errors: another word.
Result<EvaluatedSymmetry> ParseSymmetry(std::string_view text);

// A path or command as it stands in an agent's text, between quotes where it needs them.
std::string AgentWord(std::string_view word);

// Holds what all agents of one spec share (the network); makes agents for any number of threads,
// each with a process of its own if it is a program.
class AgentFactory {
 public:
  // Errors: the network cannot be read, or plays another game; the program cannot be started (it is
  // started once here, to know) or does not play this game. Throws NeedsNetworks (open_network.h)
  // for a network in a program without LibTorch, so open agents before anything is read or printed.
  static Result<AgentFactory> Open(const AgentSpec& spec, std::shared_ptr<const Game> game,
                                   Device device);
  // For a network that is already in memory.
  AgentFactory(const AgentSpec& spec, std::shared_ptr<const Game> game,
               std::shared_ptr<Evaluator> evaluator);

  // Thread-safe.
  std::unique_ptr<Agent> Make() const;
  // An agent that asks `evaluator`, which stands before the network's. REQUIRES: searches().
  std::unique_ptr<Agent> MakeWith(std::shared_ptr<Evaluator> evaluator) const;
  const AgentSpec& spec() const { return spec_; }
  const Game& game() const { return *game_; }
  // The network; null for agents without one.
  const std::shared_ptr<Evaluator>& evaluator() const { return evaluator_; }
  bool searches() const { return spec_.searches(); }
  // The evaluator of its searches, and how its trees grow. Without a network a new evaluator for
  // each call, which serves one thread. REQUIRES: searches().
  std::shared_ptr<Evaluator> SearchEvaluator() const;
  MctsConfig SearchConfig() const;
  // What a program calls itself, "GNU Go 3.8"; "" for other agents.
  const std::string& program() const { return program_; }

 private:
  static Result<AgentFactory> OpenProgram(const AgentSpec& spec, std::shared_ptr<const Game> game);

  AgentSpec spec_;
  std::shared_ptr<const Game> game_;
  std::shared_ptr<Evaluator> evaluator_;         // of the network; null for the others
  std::shared_ptr<const AlphaGoParts> alphago_;  // null for the others
  std::string program_;
};

}  // namespace tengen

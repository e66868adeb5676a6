#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "envs/core/rng.h"
#include "envs/core/thread_team.h"
#include "python/bindings/py_state.h"
#include "search/mcts.h"

namespace tengen {

// One tree for each of many positions of a game, whose waiting leaves are evaluated as one batch:
//
//   search.Begin(states, simulations, ...);
//   while (search.Gather() > 0) {       // leaves of all trees, numbered from 0
//     ... Encode, legal actions ...     // what the evaluator asks for
//     search.Backup(logits, values);
//   }
//
// Tree i is kept from search to search and goes on where state i lies in it. Results do not depend
// on the number of threads. Not thread-safe. Where something throws, the next Begin starts clean.
class TreeSearch {
 public:
  TreeSearch(const MctsConfig& config, std::uint64_t seed, int threads);

  // Throws ValueError: no states, states of different games, a finished game, bad numbers.
  // TypeError: a null pointer, which is None.
  void Begin(const std::vector<const PyState*>& states, int simulations, Exploration exploration,
             const std::string& encoder);
  int Gather();
  // Softmax of the logits [leaves, actions] over the legal actions is the prior; values [leaves]
  // are from the view of the player to move. Throws ValueError if a value or the logit of a legal
  // action is not finite, or a value of a game of two players not in [-1, 1]; then no tree has
  // changed.
  void Backup(std::span<const float> logits, std::span<const float> values);
  void Clear();

  int leaves() const { return static_cast<int>(leaves_.size()); }
  const Evaluation& leaf(std::size_t i) const { return *leaves_[i]; }
  const std::shared_ptr<const PyGame>& game() const { return game_; }
  const InputEncoder& encoder() const { return *encoder_; }
  // Planes and globals of all leaves.
  void Encode(std::span<float> planes, std::span<float> globals) const;

  // One for each state. REQUIRES: the search is done.
  std::vector<SearchResult> Results() const;

 private:
  struct Slot {
    Slot(const MctsConfig& config, std::uint64_t seed, std::size_t index)
        : mcts(config), rng(seed, RngRole::kSelfPlay, index) {}
    Mcts mcts;
    Rng rng;
    bool done = false;
  };

  template <typename Work>
  void ForEachSlot(const Work& work);

  const MctsConfig config_;
  const std::uint64_t seed_;
  ThreadTeam team_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::size_t active_ = 0;  // slots of this search
  std::shared_ptr<const PyGame> game_;
  std::shared_ptr<const InputEncoder> encoder_;
  std::vector<Evaluation*> leaves_;
};

}  // namespace tengen

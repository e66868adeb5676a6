#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/rng.h"
#include "search/simple_evaluators.h"

namespace tengen {

// The least that a PUCT tree over random priors and values can be: one concrete kind of position,
// two players, one leaf at a time, no noise, no reuse, no bound on memory. The yardstick of
// BenchTree and the serial reference of the tests: the same formulas as Mcts with kPuct, written
// down once more without it.
template <typename GameState>
class MinimalPuct {
 public:
  MinimalPuct(const GameState& start, double fpu_reduction)
      : fpu_reduction_(static_cast<float>(fpu_reduction)), state_(start) {}

  // Builds a new tree. Priors and values come from FillRandomEvaluation(Mix64(rng.Next() ^ seed)).
  void Search(const GameState& root, int simulations, std::uint64_t seed, Rng& rng) {
    nodes_.clear();
    ResizeEdges(0);
    state_ = root;
    Expand(seed, rng);
    for (int i = 0; i < simulations; ++i) Simulate(root, seed, rng);
  }

  // Of the root's moves, in the order of LegalActions.
  std::vector<int> RootVisits() const {
    return {visits_.begin(), visits_.begin() + nodes_[0].count};
  }
  std::vector<float> RootQ() const { return {q_.begin(), q_.begin() + nodes_[0].count}; }

 private:
  struct Node {
    int first = 0;
    int count = 0;  // 0: the game is over
    int visits = 1;
    float mean = 0.0F;
    float visited_prior = 0.0F;
    float result = 0.0F;  // of a finished game, for the player who moved last
  };
  struct Step {
    int node;
    int edge;
  };

  void ResizeEdges(std::size_t size) {
    prior_.resize(size);
    q_.resize(size, 0.0F);
    visits_.resize(size, 0);
    child_.resize(size, -1);
    action_.resize(size);
  }

  // Adds the position in state_ and returns its value for the player to move.
  float Expand(std::uint64_t seed, Rng& rng) {
    state_.LegalActions(legal_);
    Node node;
    node.first = static_cast<int>(prior_.size());
    node.count = static_cast<int>(legal_.size());
    ResizeEdges(prior_.size() + legal_.size());
    const auto first = static_cast<std::size_t>(node.first);
    for (std::size_t i = 0; i < legal_.size(); ++i) action_[first + i] = legal_[i];
    node.mean =
        FillRandomEvaluation(Mix64(rng.Next() ^ seed), {prior_.data() + first, legal_.size()});
    nodes_.push_back(node);
    return node.mean;
  }

  void Simulate(const GameState& root, std::uint64_t seed, Rng& rng) {
    path_.clear();
    state_ = root;
    int index = 0;
    float value = 0.0F;  // for the player who made the last move of the path
    while (true) {
      const int edge = Select(nodes_[static_cast<std::size_t>(index)], index == 0);
      path_.push_back({index, edge});
      state_.Apply(action_[static_cast<std::size_t>(edge)]);
      const int child = child_[static_cast<std::size_t>(edge)];
      if (child >= 0 && nodes_[static_cast<std::size_t>(child)].count > 0) {
        index = child;
        continue;
      }
      if (child >= 0) {
        value = nodes_[static_cast<std::size_t>(child)].result;
      } else {
        child_[static_cast<std::size_t>(edge)] = static_cast<int>(nodes_.size());
        if (state_.IsTerminal()) {
          value = static_cast<float>(state_.Reward());
          nodes_.push_back({.result = value});
        } else {
          value = -Expand(seed, rng);
        }
      }
      break;
    }
    for (std::size_t i = path_.size(); i > 0; --i, value = -value) {
      const auto edge = static_cast<std::size_t>(path_[i - 1].edge);
      Node& node = nodes_[static_cast<std::size_t>(path_[i - 1].node)];
      if (++visits_[edge] == 1) node.visited_prior += prior_[edge];
      q_[edge] += (value - q_[edge]) / static_cast<float>(visits_[edge]);
      node.mean += (value - node.mean) / static_cast<float>(++node.visits);
    }
  }

  // argmax (Q + 1) / 2 + c(N) P sqrt(N) / (1 + n).
  int Select(const Node& node, bool is_root) const {
    const auto n = static_cast<float>(node.visits);
    const float exploration = (1.25F + std::log((1.0F + n + 19652.0F) / 19652.0F)) * std::sqrt(n);
    const float reduction = is_root ? 0.0F : fpu_reduction_;
    const float first_play = node.mean * 0.5F + 0.5F - reduction * std::sqrt(node.visited_prior);
    const float* prior = prior_.data() + node.first;
    const float* q = q_.data() + node.first;
    const int* visits = visits_.data() + node.first;
    int best = 0;
    float best_score = -std::numeric_limits<float>::infinity();
    for (int i = 0; i < node.count; ++i) {
      const float value = visits[i] > 0 ? q[i] * 0.5F + 0.5F : first_play;
      const float score = value + exploration * prior[i] / static_cast<float>(1 + visits[i]);
      if (score > best_score) {
        best_score = score;
        best = i;
      }
    }
    return node.first + best;
  }

  const float fpu_reduction_;
  GameState state_;
  std::vector<Node> nodes_;
  std::vector<float> prior_;
  std::vector<float> q_;
  std::vector<int> visits_;
  std::vector<int> child_;
  std::vector<Action> action_;
  std::vector<Action> legal_;
  std::vector<Step> path_;
};

}  // namespace tengen

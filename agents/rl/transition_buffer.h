#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "envs/core/env.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "nets/safetensors.h"

namespace tengen {

// One or several steps of an environment seen as one: the target of a value learnt from it is
// reward + discount * value(next). Spans belong to the caller.
struct Transition {
  std::span<const float> observation;       // [O]
  std::span<const float> action;            // [A], or the index as a number
  double reward = 0.0;                      // discounted sum over the steps
  double discount = 0.0;                    // gamma^steps; 0 where the task terminated
  std::span<const float> next_observation;  // [O], of the last step
};

// Turns single steps of one environment into n-step transitions (Sutton 1988; Mnih et al. 2016):
//   reward = r_t + gamma r_{t+1} + ... + gamma^{k-1} r_{t+k-1},  discount = gamma^k or 0
// with k = n, or fewer at the end of an episode: each step starts one transition. An episode that
// was cut off keeps its discount, one that terminated has none.
class NStepSum {
 public:
  // REQUIRES: n >= 1.
  NStepSum(int n, double gamma) : n_(n), gamma_(gamma) {}

  // Adds a step and calls `out` with each transition that it completes.
  template <typename Out>
  void Add(std::span<const float> observation, std::span<const float> action, double reward,
           std::span<const float> next_observation, bool terminated, bool ended, Out out) {
    steps_.push_back({{observation.begin(), observation.end()}, {action.begin(), action.end()}});
    double discount = 1.0;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step, discount *= gamma_) {
      step->reward += discount * reward;
      step->discount *= gamma_;
    }
    while (!steps_.empty() && (ended || static_cast<int>(steps_.size()) == n_)) {
      const Step& first = steps_.front();
      out(Transition{first.observation, first.action, first.reward,
                     terminated ? 0.0 : first.discount, next_observation});
      steps_.pop_front();
    }
  }

  // The steps that wait for more rewards.
  void SaveTo(NamedTensors& out) const;
  Status LoadFrom(const NamedTensors& in, int observation_size, int action_size);

 private:
  struct Step {
    std::vector<float> observation, action;
    double reward = 0.0;
    double discount = 1.0;
  };
  const int n_;
  const double gamma_;
  std::deque<Step> steps_;  // that wait for more rewards, oldest first
};

// The newest transitions of a fixed number, drawn uniformly or by priority (Schaul et al. 2016,
// proportional, section 3.3): P(i) = p_i^alpha / sum, p_i = |error_i| + 1e-6, new ones with the
// largest priority so far. Not thread-safe.
class TransitionBuffer {
 public:
  // alpha = 0: uniformly. REQUIRES: capacity >= 1, alpha >= 0.
  TransitionBuffer(std::int64_t capacity, int observation_size, int action_size, double alpha);

  std::int64_t size() const { return size_; }
  void Add(const Transition& transition);

  struct Sample {
    std::vector<std::int64_t> rows;  // where they are, for SetErrors
    at::Tensor observations;         // [B, O]
    at::Tensor actions;              // [B, A]
    at::Tensor rewards;              // [B]
    at::Tensor discounts;            // [B]
    at::Tensor next_observations;    // [B, O]
    at::Tensor weights;              // [B] (size P(i))^-beta over the largest of them; 1 if uniform
  };
  // With replacement. REQUIRES: size() > 0.
  Sample Draw(int batch, double beta, Rng& rng) const;
  // Makes |errors| the priorities of drawn transitions.
  void SetErrors(const Sample& sample, const at::Tensor& errors);

  void SaveTo(NamedTensors& out) const;
  // What was saved by a buffer of this capacity or a smaller one. Errors: more transitions than
  // fit, a tensor missing or of another size.
  Status LoadFrom(const NamedTensors& in);

 private:
  void SetPriority(std::int64_t row, double priority);  // to the power of alpha
  std::int64_t Find(double mass) const;

  const std::int64_t capacity_;
  const double alpha_;
  std::int64_t size_ = 0;
  std::int64_t next_ = 0;  // row that is written next
  double max_priority_ = 1.0;
  at::Tensor observations_, actions_, rewards_, discounts_, next_observations_;
  // Sums of priorities as a binary tree: node 1 is the root, 2i and 2i + 1 below i, leaves last.
  std::int64_t leaves_ = 1;
  std::vector<double> tree_;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "envs/core/game.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"
#include "search/rollout_policy.h"

// Evaluators that need no network. All of them do their work inside Submit; Wait has nothing to do.

namespace tengen {

// Knows nothing: uniform prior, value 0. Thread-safe.
class UniformEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override { (void)ticket; }
};

// Pure Monte Carlo: uniform prior; the value is the mean return of games to the end whose moves a
// RolloutPolicy draws, discounted by GameSpec::discount, from the view of the player to move. All
// randomness comes from Evaluation::random. One object serves one thread at a time (it keeps a
// scratch position); positions of different games may be mixed.
class RolloutEvaluator final : public Evaluator {
 public:
  // `rollouts` are played from each position. REQUIRES: rollouts > 0, policy is not null.
  explicit RolloutEvaluator(int rollouts = 1, std::unique_ptr<RolloutPolicy> policy =
                                                  std::make_unique<UniformRolloutPolicy>());

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override { (void)ticket; }

 private:
  double Rollout(const State& start, Rng& rng);

  const int rollouts_;
  const std::unique_ptr<RolloutPolicy> policy_;
  std::shared_ptr<const Game> scratch_game_;  // keeps the scratch position's game alive
  std::unique_ptr<State> scratch_;
};

// What the answers of a RandomEvaluator hang on.
enum class RandomSource {
  kPosition,  // State::InputKey: the same position gets the same answer whenever it is met
  kDraw,      // Evaluation::random: costs nothing to look up; for benchmarks
};

// A network that learnt nothing: random prior, value uniform in [-1, 1), score 0, both pure
// functions of (seed, source). For tests and benchmarks. Thread-safe.
class RandomEvaluator final : public Evaluator {
 public:
  RandomEvaluator(std::uint64_t seed, RandomSource source) : seed_(seed), source_(source) {}

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override { (void)ticket; }

 private:
  const std::uint64_t seed_;
  const RandomSource source_;
};

// The answer of RandomEvaluator as a plain function of one number: fills `prior` (weights uniform
// in (0, 1], normalised to sum 1) and returns the value.
float FillRandomEvaluation(std::uint64_t random, std::span<float> prior);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"

// Evaluators that need no network. All of them do their work inside Submit; Wait has nothing to do.

namespace tengen {

// Knows nothing: uniform prior, value 0. Thread-safe.
class UniformEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override { (void)ticket; }
};

struct RolloutOptions {
  // Games played to the end from each position; the value is their mean.
  int rollouts = 1;
  // Moves that rollouts do not play, for example those that fill an own eye in Go; empty: none.
  // Asked for legal moves only.
  std::function<bool(const State&, Action)> skip;
  // Played where `skip` refuses every legal move, if it is legal itself (in Go the pass). Otherwise
  // such a position draws from all its legal moves.
  Action fallback = kNoAction;
};

// Pure Monte Carlo: uniform prior; the value is the mean return of uniformly random games to the
// end, discounted by GameSpec::discount, from the view of the player to move. All randomness comes
// from Evaluation::random. One object serves one thread at a time (it keeps a scratch position);
// positions of different games may be mixed.
class RolloutEvaluator final : public Evaluator {
 public:
  // REQUIRES: options.rollouts > 0.
  explicit RolloutEvaluator(RolloutOptions options = {});

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override { (void)ticket; }

 private:
  double Rollout(const State& start, Rng& rng);
  Action Draw(const State& state, Rng& rng);
  Action DrawFromList(const State& state, Rng& rng);

  const RolloutOptions options_;
  std::shared_ptr<const Game> scratch_game_;  // keeps the scratch position's game alive
  std::unique_ptr<State> scratch_;
  std::vector<Action> legal_;
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

#pragma once

#include <cstdint>
#include <span>

#include "envs/core/game.h"

namespace tengen {

// What some networks say of a position besides value and score; view of the player to move.
struct EvaluationDetails {
  bool given = false;            // false: the evaluator has none, the rest means nothing
  float no_result = 0.0F;        // P(the game ends without result)
  float score_mean = 0.0F;       // final score of self-play, points
  float score_deviation = 0.0F;  // its standard deviation, points
  float variance_time = -1.0F;   // turns until the value is known; -1: not known, as below
  float value_error = -1.0F;     // expected short-term error of the value
  float score_error = -1.0F;     // and of the score, points
};

// One position to evaluate and where its answer goes. All memory belongs to the caller and must
// stay untouched from Submit until Wait returns.
struct Evaluation {
  // In.
  const State* state = nullptr;   // not terminal; read only inside Submit
  std::span<const Action> legal;  // state->LegalActions(), ascending
  // All the randomness an evaluator may use for this position (symmetry, rollouts), drawn by the
  // caller from its own stream, so that results do not depend on batching or threads.
  std::uint64_t random = 0;

  // Out.
  std::span<float> prior;      // same length as legal; probabilities, sum 1
  float value = 0.0F;          // expected return from here, view of the player to move.
                               // Two players: in [-1, 1]
  float score = 0.0F;          // games with area and nets with a score head: expected final
                               // score in points, view of the player to move; else 0
  std::span<float> ownership;  // empty, or points() long: P(point is the mover's) - P(other's),
                               // in [-1, 1]; evaluators without that head leave it alone
  EvaluationDetails* details = nullptr;  // filled where not null, by evaluators that have them
};

// Gives priors and values of positions. The only thing that search knows of networks.
//
// Submit encodes the positions on the caller's thread and may start work; Wait returns when the
// answers stand. Between the two the caller prepares other positions. Implementations are
// thread-safe unless they say otherwise; a ticket is waited for once, by the thread that got it.
class Evaluator {
 public:
  using Ticket = std::uint64_t;

  virtual ~Evaluator() = default;

  virtual Ticket Submit(std::span<Evaluation> batch) = 0;
  virtual void Wait(Ticket ticket) = 0;

  void Evaluate(std::span<Evaluation> batch) { Wait(Submit(batch)); }
};

}  // namespace tengen

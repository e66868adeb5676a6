#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "envs/core/symmetry.h"
#include "search/evaluator.h"

namespace tengen {

// Which symmetry a network sees a position in.
enum class EvaluatedSymmetry {
  kIdentity,  // as it is
  kRandom,    // one of the game's, drawn by Evaluation::random
  kAverage,   // all of them, and the answers are averaged
};

// Evaluation::random with which evaluators choose that symmetry (SymmetryGroup::Pick); nothing if
// the group has none.
std::optional<std::uint64_t> RandomForSymmetry(const SymmetryGroup& group, Symmetry symmetry);

// Evaluates positions by another evaluator, which chooses its symmetry by Evaluation::random, in a
// symmetry of one's own choice. The average is over priors, values, scores, ownership and details
// (of score deviations: over the mean squares), as KataGo's rootNumSymmetriesToSample has it, but
// of all positions; it costs as many evaluations as the game has symmetries. Thread-safe if the
// inner evaluator is. Submit does all of the work.
class SymmetryEvaluator final : public Evaluator {
 public:
  SymmetryEvaluator(std::shared_ptr<Evaluator> inner, EvaluatedSymmetry mode)
      : inner_(std::move(inner)), mode_(mode) {}

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket) override {}

  const std::shared_ptr<Evaluator>& inner() const { return inner_; }

 private:
  void Average(Evaluation& evaluation) const;

  const std::shared_ptr<Evaluator> inner_;
  const EvaluatedSymmetry mode_;
};

}  // namespace tengen

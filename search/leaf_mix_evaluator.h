#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "search/evaluator.h"

namespace tengen {

// What AlphaGo's search knows of a leaf, and how it is put together (Silver et al. 2016, "Methods:
// Search algorithm"): the priors of one evaluator, and as value
//
//   V = (1 - lambda) v + lambda z          v: of the value evaluator, z: of the rollouts
//
// where v and z, like V, are from the view of the leaf's player to move.
struct LeafMixParts {
  std::shared_ptr<Evaluator> prior;     // not null
  std::shared_ptr<Evaluator> value;     // null: V = z. May be the same object as `prior`
  std::shared_ptr<Evaluator> rollouts;  // null: V = v. Without both V = 0
};

struct LeafMixOptions {
  double lambda = 0.5;  // 0 to 1; without effect where a part is missing
  // Priors are raised to this power and brought to sum 1 again: below 1 they are flatter. The paper
  // calls it the softmax temperature beta and has 0.67.
  double prior_exponent = 1.0;
};

// Score, ownership and details are those of `value`, or of `prior` without it. Each part is asked
// once for each position; the rollouts draw from a stream of their own. As thread-safe as its parts
// but for scratch memory: one object serves one thread at a time. Submit does all of the work.
class LeafMixEvaluator final : public Evaluator {
 public:
  // REQUIRES: prior is not null, 0 <= lambda <= 1, prior_exponent > 0.
  LeafMixEvaluator(LeafMixParts parts, const LeafMixOptions& options);

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket) override {}

 private:
  void AskRollouts(std::span<const Evaluation> batch);
  void AskBoth(std::span<Evaluation> batch);
  void Sharpen(std::span<float> prior) const;

  const LeafMixParts parts_;
  const LeafMixOptions options_;
  std::vector<Evaluation> asked_;
  std::vector<float> priors_;  // of what is asked for its value alone
  std::vector<float> z_;
};

}  // namespace tengen

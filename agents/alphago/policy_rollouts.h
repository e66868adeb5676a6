#pragma once

#include <memory>
#include <span>

#include "agents/alphago/policy_games.h"
#include "search/evaluator.h"

namespace tengen {

// Values of positions of Go by rollouts of a policy that searches nothing, a network say (Silver et
// al. 2016, figure 2b): the mean result, view of the player to move, of games to the end whose
// moves are drawn as in PlayPolicyMoves. The prior is uniform. Games of a batch are played at once,
// ply by ply, and one that ends makes room for the next, so that the policy is asked for many
// positions at a time. Game k of a position draws from Rng(Evaluation::random, kEvaluation, k): the
// values hang on neither batches nor threads where the policy's answers do not.
class PolicyRolloutEvaluator final : public Evaluator {
 public:
  // `rollouts` from each position; `threads` share the games of a batch, and the policy must be
  // thread-safe if there are several. REQUIRES: policy is not null, the numbers are above 0.
  PolicyRolloutEvaluator(std::shared_ptr<Evaluator> policy, int rollouts, int threads = 1);

  // REQUIRES: positions of Go.
  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket) override {}

 private:
  void PlayPart(std::span<const Evaluation> batch, const GameRange& part,
                std::span<double> results) const;

  const std::shared_ptr<Evaluator> policy_;
  const int rollouts_;
  const int threads_;
};

}  // namespace tengen

#include "agents/alphago/policy_rollouts.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::size_t kGamesAtOnce = 256;  // of one thread

// A game on its way from one of the positions.
struct Rollout {
  PolicyGame game;
  std::size_t number = 0;  // of the batch's rollouts
  Player mover = Player::kFirst;
};

}  // namespace

PolicyRolloutEvaluator::PolicyRolloutEvaluator(std::shared_ptr<Evaluator> policy, int rollouts,
                                               int threads)
    : policy_(std::move(policy)), rollouts_(rollouts), threads_(threads) {
  TENGEN_CHECK(policy_ != nullptr && rollouts > 0 && threads > 0, rollouts, " rollouts on ",
               threads, " threads, wanted a policy, 1 at least and 1 at least");
}

// Rollouts part.first, part.first + 1, ... of the batch: number i is of position i / rollouts_.
void PolicyRolloutEvaluator::PlayPart(std::span<const Evaluation> batch, const GameRange& part,
                                      std::span<double> results) const {
  const auto per_position = static_cast<std::size_t>(rollouts_);
  auto next = static_cast<std::size_t>(part.first);
  const std::size_t end = next + static_cast<std::size_t>(part.count);
  std::vector<Rollout> running;
  std::vector<PolicyGame*> games;
  while (true) {
    for (; running.size() < kGamesAtOnce && next < end; ++next) {
      const Evaluation& evaluation = batch[next / per_position];
      const Rng rng(evaluation.random, RngRole::kEvaluation, next % per_position);
      running.push_back(
          {PolicyGame(evaluation.state->Clone(), rng), next, evaluation.state->ToMove()});
    }
    if (running.empty()) return;
    games.clear();
    for (Rollout& rollout : running) games.push_back(&rollout.game);
    PlayPolicyMoves(*policy_, games);
    std::erase_if(running, [&results](const Rollout& rollout) {
      if (!rollout.game.over()) return false;
      results[rollout.number] = static_cast<double>(rollout.game.state->Return(rollout.mover));
      return true;
    });
  }
}

Evaluator::Ticket PolicyRolloutEvaluator::Submit(std::span<Evaluation> batch) {
  if (batch.empty()) return 0;
  std::vector<double> results(batch.size() * static_cast<std::size_t>(rollouts_));
  GameRange all;
  all.count = static_cast<int>(results.size());
  ForPartsOf(all, threads_, [&](const GameRange& part) { PlayPart(batch, part, results); });
  auto first = results.begin();
  for (Evaluation& evaluation : batch) {
    const double sum = std::accumulate(first, first + rollouts_, 0.0);
    first += rollouts_;
    evaluation.value = static_cast<float>(sum / rollouts_);
    evaluation.score = 0.0F;
    std::fill(evaluation.prior.begin(), evaluation.prior.end(),
              1.0F / static_cast<float>(evaluation.prior.size()));
  }
  return 0;
}

}  // namespace tengen

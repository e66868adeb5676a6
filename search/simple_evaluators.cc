#include "search/simple_evaluators.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

void FillUniform(std::span<float> prior) {
  std::fill(prior.begin(), prior.end(), 1.0F / static_cast<float>(prior.size()));
}

}  // namespace

Evaluator::Ticket UniformEvaluator::Submit(std::span<Evaluation> batch) {
  for (Evaluation& evaluation : batch) {
    FillUniform(evaluation.prior);
    evaluation.value = 0.0F;
    evaluation.score = 0.0F;
  }
  return 0;
}

RolloutEvaluator::RolloutEvaluator(int rollouts, std::unique_ptr<RolloutPolicy> policy)
    : rollouts_(rollouts), policy_(std::move(policy)) {
  TENGEN_CHECK(rollouts_ > 0, "rollouts ", rollouts_, ", wanted at least 1");
  TENGEN_CHECK(policy_ != nullptr, "no rollout policy, wanted one");
}

Evaluator::Ticket RolloutEvaluator::Submit(std::span<Evaluation> batch) {
  for (Evaluation& evaluation : batch) {
    Rng rng(evaluation.random, RngRole::kEvaluation);
    double sum = 0.0;
    for (int i = 0; i < rollouts_; ++i) sum += Rollout(*evaluation.state, rng);
    FillUniform(evaluation.prior);
    evaluation.value = static_cast<float>(sum / rollouts_);
    evaluation.score = 0.0F;
  }
  return 0;
}

// Return of one rollout, view of the player to move at its start.
double RolloutEvaluator::Rollout(const State& start, Rng& rng) {
  if (scratch_ == nullptr || &scratch_->game() != &start.game()) {
    scratch_ = start.Clone();
    scratch_game_ = start.game().weak_from_this().lock();
  } else {
    scratch_->CopyFrom(start);
  }
  policy_->Begin(*scratch_);
  const GameSpec& spec = start.game().spec();
  const Player mover = start.ToMove();
  if (spec.num_players == 2) {
    while (!scratch_->IsTerminal()) scratch_->Apply(policy_->Choose(*scratch_, rng));
    return scratch_->Return(mover);
  }
  double sum = 0.0;
  double weight = 1.0;
  for (int ply = 0; ply < spec.max_plies && !scratch_->IsTerminal(); ++ply) {
    scratch_->Apply(policy_->Choose(*scratch_, rng));
    sum += weight * scratch_->Reward();
    weight *= spec.discount;
  }
  return sum;
}

Evaluator::Ticket RandomEvaluator::Submit(std::span<Evaluation> batch) {
  for (Evaluation& evaluation : batch) {
    std::uint64_t random = evaluation.random;
    if (source_ == RandomSource::kPosition) {
      const Key128 key = evaluation.state->InputKey();
      random = Mix64(key.high) ^ key.low;
    }
    evaluation.value = FillRandomEvaluation(Mix64(random ^ seed_), evaluation.prior);
    evaluation.score = 0.0F;
  }
  return 0;
}

float FillRandomEvaluation(std::uint64_t random, std::span<float> prior) {
  float sum = 0.0F;
  std::uint64_t x = random;
  for (float& p : prior) {
    p = static_cast<float>((Mix64(++x) >> 40) + 1) * 0x1.0p-24F;
    sum += p;
  }
  for (float& p : prior) p /= sum;
  return static_cast<float>(Mix64(++x) >> 40) * 0x1.0p-23F - 1.0F;
}

}  // namespace tengen

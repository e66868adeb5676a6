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

RolloutEvaluator::RolloutEvaluator(RolloutOptions options) : options_(std::move(options)) {
  TENGEN_CHECK(options_.rollouts > 0, "rollouts ", options_.rollouts, ", wanted at least 1");
}

Evaluator::Ticket RolloutEvaluator::Submit(std::span<Evaluation> batch) {
  for (Evaluation& evaluation : batch) {
    Rng rng(evaluation.random, RngRole::kEvaluation);
    double sum = 0.0;
    for (int i = 0; i < options_.rollouts; ++i) sum += Rollout(*evaluation.state, rng);
    FillUniform(evaluation.prior);
    evaluation.value = static_cast<float>(sum / options_.rollouts);
    evaluation.score = 0.0F;
  }
  return 0;
}

// Return of one random game, view of the player to move at its start.
double RolloutEvaluator::Rollout(const State& start, Rng& rng) {
  if (scratch_ == nullptr || &scratch_->game() != &start.game()) {
    scratch_ = start.Clone();
    scratch_game_ = start.game().weak_from_this().lock();
  } else {
    scratch_->CopyFrom(start);
  }
  const GameSpec& spec = start.game().spec();
  const Player mover = start.ToMove();
  if (spec.num_players == 2) {
    while (!scratch_->IsTerminal()) scratch_->Apply(Draw(*scratch_, rng));
    return scratch_->Return(mover);
  }
  double sum = 0.0;
  double weight = 1.0;
  for (int ply = 0; ply < spec.max_plies && !scratch_->IsTerminal(); ++ply) {
    scratch_->Apply(Draw(*scratch_, rng));
    sum += weight * scratch_->Reward();
    weight *= spec.discount;
  }
  return sum;
}

// Uniform among the wanted moves: actions are drawn until one is legal, which is far cheaper than
// a list of the legal moves while many are. A list decides when luck does not come.
Action RolloutEvaluator::Draw(const State& state, Rng& rng) {
  const auto actions = static_cast<std::uint32_t>(state.game().spec().num_actions);
  for (std::uint32_t tries = 0; tries < actions; ++tries) {
    const auto action = static_cast<Action>(rng.Below(actions));
    if (state.IsLegal(action) && !(options_.skip && options_.skip(state, action))) return action;
  }
  return DrawFromList(state, rng);
}

Action RolloutEvaluator::DrawFromList(const State& state, Rng& rng) {
  state.LegalActions(legal_);
  const auto wanted_end = options_.skip
                              ? std::partition(legal_.begin(), legal_.end(),
                                               [&](Action a) { return !options_.skip(state, a); })
                              : legal_.end();
  auto count = static_cast<std::uint32_t>(wanted_end - legal_.begin());
  if (count == 0) {
    if (options_.fallback != kNoAction && state.IsLegal(options_.fallback)) {
      return options_.fallback;
    }
    count = static_cast<std::uint32_t>(legal_.size());
  }
  return legal_[rng.Below(count)];
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

#include "agents/alphago/linear_reinforce.h"

#include <algorithm>
#include <utility>

#include "agents/alphago/linear_training.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

LinearRolloutPolicy Playing(const LinearPolicy& policy) {
  return LinearRolloutPolicy(std::make_shared<LinearFactors>(policy));
}

Player ColourOf(std::int64_t game) { return game % 2 == 0 ? Player::kFirst : Player::kSecond; }

}  // namespace

ReinforceGame PlayReinforceGame(const GoGame& game, LinearRolloutPolicy& learner,
                                LinearRolloutPolicy& opponent, Player learner_plays, Rng& rng) {
  ReinforceGame played;
  played.learner = learner_plays;
  const std::unique_ptr<State> state = game.NewState();
  const auto& go = static_cast<const GoState&>(*state);
  learner.Begin(*state);
  opponent.Begin(*state);
  while (!state->IsTerminal()) {
    LinearRolloutPolicy& mover = state->ToMove() == learner_plays ? learner : opponent;
    played.moves.push_back(mover.Choose(*state, rng));
    state->Apply(played.moves.back());
    learner.Follow(go);
    opponent.Follow(go);
  }
  played.z = static_cast<float>(state->Return(learner_plays));
  return played;
}

void AddGameGradient(const LinearPolicy& policy, const GoGame& game, const ReinforceGame& played,
                     float weight, std::vector<float>& sum) {
  if (weight == 0.0F) return;
  std::vector<MoveCodes> codes;
  MoveFeatures features;
  std::vector<float> probabilities;
  const std::unique_ptr<State> state = game.NewState();
  const auto& go = static_cast<const GoState&>(*state);
  for (const Action move : played.moves) {
    if (state->ToMove() == played.learner && move != game.pass()) {
      FindMoveCodes(go, LinearMoves::kNoOwnEyes, codes);
      FindFeatures(*policy.features, codes, state->ToMove(), features);
      const auto& actions = features.actions;
      const auto found = std::lower_bound(actions.begin(), actions.end(), move);
      TENGEN_CHECK(found != actions.end() && *found == move, "a policy never plays ", move);
      AddLogGradient(policy, features, static_cast<std::size_t>(found - actions.begin()), weight,
                     sum, probabilities);
    }
    state->Apply(move);
  }
}

void Reinforce(LinearPolicy& policy, const GoGame& game, std::span<const ReinforceGame> games,
               float rate, ReinforceBaseline baseline) {
  TENGEN_CHECK(!games.empty(), "no games, wanted one at least");
  const auto count = static_cast<float>(games.size());
  float total = 0.0F;
  for (const ReinforceGame& played : games) total += played.z;
  std::vector<float> gradient(policy.weights.size(), 0.0F);
  for (const ReinforceGame& played : games) {
    const bool centred = baseline == ReinforceBaseline::kMeanOfRest && games.size() > 1;
    const float b = centred ? (total - played.z) / (count - 1.0F) : 0.0F;
    AddGameGradient(policy, game, played, (played.z - b) / count, gradient);
  }
  for (std::size_t i = 0; i < gradient.size(); ++i) policy.weights[i] += rate * gradient[i];
  LimitWeights(policy);
}

LinearReinforcer::LinearReinforcer(std::shared_ptr<const GoGame> game, LinearPolicy policy,
                                   const LinearReinforceConfig& config,
                                   std::vector<LinearPolicy> pool, std::int64_t batches)
    : game_(std::move(game)),
      config_(config),
      policy_(std::move(policy)),
      pool_(std::move(pool)),
      batches_(batches) {
  TENGEN_CHECK(config.games > 0 && config.pool_every > 0 && config.rate > 0.0F, config.games,
               " games, a new self every ", config.pool_every, " batches, rate ", config.rate,
               "; wanted more than 0");
  if (pool_.empty()) pool_.push_back(policy_);
  for (const LinearPolicy& self : pool_) opponents_.push_back(Playing(self));
}

double LinearReinforcer::Step() {
  Rng rng(config_.seed, RngRole::kSelfPlay, static_cast<std::uint64_t>(batches_));
  std::vector<ReinforceGame> games;
  double sum = 0.0;
  LinearRolloutPolicy learner = Playing(policy_);
  for (int i = 0; i < config_.games; ++i) {
    LinearRolloutPolicy& opponent =
        opponents_[rng.Below(static_cast<std::uint32_t>(opponents_.size()))];
    games.push_back(
        PlayReinforceGame(*game_, learner, opponent, ColourOf(batches_ * config_.games + i), rng));
    sum += static_cast<double>(games.back().z);
  }
  Reinforce(policy_, *game_, games, config_.rate, config_.baseline);
  if (++batches_ % config_.pool_every == 0) {
    pool_.push_back(policy_);
    opponents_.push_back(Playing(policy_));
  }
  return sum / config_.games;
}

double PlayLinearMatch(const GoGame& game, const LinearPolicy& policy, const LinearPolicy& opponent,
                       int games, std::uint64_t seed) {
  LinearRolloutPolicy ours = Playing(policy);
  LinearRolloutPolicy theirs = Playing(opponent);
  double points = 0.0;
  for (int i = 0; i < games; ++i) {
    Rng rng(seed, RngRole::kMatch, static_cast<std::uint64_t>(i));
    const auto played = PlayReinforceGame(game, ours, theirs, ColourOf(i), rng);
    points += 0.5 * (1.0 + static_cast<double>(played.z));
  }
  return points;
}

}  // namespace tengen

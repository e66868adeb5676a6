#include "agents/alphago/linear_reinforce.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "agents/alphago/linear_training.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

// Parts of a batch that are worked on at once; as many whatever the threads, so that sums are
// equal.
constexpr std::size_t kParts = 16;

// Calls work(part) for every part.
void InParallel(int threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take_parts = [&next, &work] {
    for (std::size_t part = next++; part < kParts; part = next++) work(part);
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(take_parts);
  take_parts();
}

Player ColourOf(std::uint64_t game) { return game % 2 == 0 ? Player::kFirst : Player::kSecond; }

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
               float rate, ReinforceBaseline baseline, int threads) {
  TENGEN_CHECK(!games.empty() && threads > 0, games.size(), " games on ", threads,
               " threads, wanted one of both at least");
  const auto count = static_cast<float>(games.size());
  const std::vector<float> advantages = Advantages(games, baseline);
  std::vector<std::vector<float>> gradients(kParts);
  InParallel(threads, [&](std::size_t part) {
    gradients[part].assign(policy.weights.size(), 0.0F);
    for (std::size_t i = part; i < games.size(); i += kParts) {
      AddGameGradient(policy, game, games[i], advantages[i] / count, gradients[part]);
    }
  });
  for (const std::vector<float>& gradient : gradients) {
    for (std::size_t i = 0; i < gradient.size(); ++i) policy.weights[i] += rate * gradient[i];
  }
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
  for (const LinearPolicy& self : pool_) {
    opponents_.push_back(std::make_shared<LinearFactors>(self));
  }
}

double LinearReinforcer::Step(int threads) {
  const auto count = static_cast<std::size_t>(config_.games);
  const auto first = static_cast<std::uint64_t>(batches_) * count;
  const auto learner = std::make_shared<const LinearFactors>(policy_);
  std::vector<ReinforceGame> games(count);
  InParallel(threads, [&](std::size_t part) {
    LinearRolloutPolicy ours(learner);
    for (std::size_t i = part; i < count; i += kParts) {
      Rng rng(config_.seed, RngRole::kSelfPlay, first + i);
      LinearRolloutPolicy theirs(
          opponents_[rng.Below(static_cast<std::uint32_t>(opponents_.size()))]);
      games[i] = PlayReinforceGame(*game_, ours, theirs, ColourOf(first + i), rng);
    }
  });
  Reinforce(policy_, *game_, games, config_.rate, config_.baseline, threads);
  if (++batches_ % config_.pool_every == 0) {
    pool_.push_back(policy_);
    opponents_.push_back(std::make_shared<LinearFactors>(policy_));
  }
  double sum = 0.0;
  for (const ReinforceGame& played : games) sum += static_cast<double>(played.z);
  return sum / config_.games;
}

double PlayLinearMatch(const GoGame& game, const LinearPolicy& policy, const LinearPolicy& opponent,
                       int games, std::uint64_t seed) {
  LinearRolloutPolicy ours(std::make_shared<LinearFactors>(policy));
  LinearRolloutPolicy theirs(std::make_shared<LinearFactors>(opponent));
  double points = 0.0;
  for (int i = 0; i < games; ++i) {
    const auto number = static_cast<std::uint64_t>(i);
    Rng rng(seed, RngRole::kMatch, number);
    const auto played = PlayReinforceGame(game, ours, theirs, ColourOf(number), rng);
    points += 0.5 * (1.0 + static_cast<double>(played.z));
  }
  return points;
}

}  // namespace tengen

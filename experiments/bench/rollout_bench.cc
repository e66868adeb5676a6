#include "experiments/bench/rollout_bench.h"

#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include "agents/alphago/linear_rollout.h"
#include "agents/alphago/linear_training.h"
#include "envs/registry/game_registry.h"
#include "search/rollout_policy.h"

namespace tengen {
namespace {

constexpr const char* kGame = "go:size=9,komi=7";
constexpr int kRounds = 10;

// What rollouts of one policy came to.
struct RolloutCount {
  double rollouts = 0.0;
  double moves = 0.0;
  double seconds = 0.0;
};

void PlayFor(double seconds, const Game& game, RolloutPolicy& policy, Rng& rng,
             RolloutCount& count) {
  const std::unique_ptr<State> start = game.NewState();
  const std::unique_ptr<State> state = start->Clone();
  const std::clock_t begin = std::clock();
  double elapsed = 0.0;
  do {
    state->CopyFrom(*start);
    policy.Begin(*state);
    while (!state->IsTerminal()) state->Apply(policy.Choose(*state, rng));
    count.rollouts += 1.0;
    count.moves += state->Ply();
    elapsed = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  } while (elapsed < seconds);
  count.seconds += elapsed;
}

UniformRolloutOptions NoOwnEyes(const GoGame& game) {
  UniformRolloutOptions options;
  options.skip = [](const State& state, Action action) {
    const auto& go = static_cast<const GoState&>(state);
    return action == go.game().pass() ||
           go.board().IsEyeLike(go.game().PointOf(action), go.ToMove());
  };
  options.fallback = game.pass();
  return options;
}

// The patterns of a few random games, with random weights.
LinearPolicy RandomWeights(const GoGame& game, std::uint64_t seed) {
  std::vector<GameRecord> games;
  UniformRolloutPolicy policy(NoOwnEyes(game));
  for (std::uint64_t i = 0; i < 50; ++i) {
    Rng rng(seed, RngRole::kBench, i);
    GameRecord& record = games.emplace_back();
    record.game_id = kGame;
    const std::unique_ptr<State> state = game.NewState();
    while (!state->IsTerminal()) {
      RecordedPly& ply = record.plies.emplace_back();
      ply.action = policy.Choose(*state, rng);
      state->Apply(ply.action);
    }
  }
  LinearPolicy linear(std::make_shared<LinearFeatures>(CountWords(games, 5)));
  Rng rng(seed, RngRole::kBench);
  for (float& weight : linear.weights) weight = 0.3F * static_cast<float>(rng.Normal());
  return linear;
}

BenchRow Row(std::string name, double value, const char* unit) {
  return {std::move(name), value, unit, "", 0.0};
}

}  // namespace

Result<std::vector<BenchRow>> BenchRollouts(double seconds, std::uint64_t seed,
                                            const std::filesystem::path& policy) {
  const auto made = MakeGame(kGame);
  TENGEN_CHECK(made.ok(), made.error());
  const auto& game = static_cast<const GoGame&>(**made);
  std::shared_ptr<const LinearFactors> factors;
  if (policy.empty()) {
    factors = std::make_shared<LinearFactors>(RandomWeights(game, seed));
  } else {
    const auto file = ReadLinearPolicy(policy);
    if (!file) return Error{file.error()};
    factors = std::make_shared<LinearFactors>(file->policy);
  }
  UniformRolloutPolicy uniform(NoOwnEyes(game));
  LinearRolloutPolicy linear(factors);
  Rng rng(seed, RngRole::kBench);
  RolloutCount of_uniform;
  RolloutCount of_linear;
  for (int round = 0; round < kRounds; ++round) {
    PlayFor(0.5 * seconds / kRounds, game, uniform, rng, of_uniform);
    PlayFor(0.5 * seconds / kRounds, game, linear, rng, of_linear);
  }
  const double uniform_rate = of_uniform.rollouts / of_uniform.seconds;
  const double linear_rate = of_linear.rollouts / of_linear.seconds;
  BenchRow beside = Row("linear rollouts go9", linear_rate, "rollouts/s");
  beside.against = "uniform rollouts";
  beside.ratio = linear_rate / uniform_rate;
  return std::vector<BenchRow>{
      Row("uniform rollouts go9", uniform_rate, "rollouts/s"), std::move(beside),
      Row("uniform move go9", 1e6 * of_uniform.seconds / of_uniform.moves, "us"),
      Row("linear move go9", 1e6 * of_linear.seconds / of_linear.moves, "us")};
}

}  // namespace tengen

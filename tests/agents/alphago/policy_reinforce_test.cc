#include "agents/alphago/policy_reinforce.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "agents/alphago/policy_games.h"
#include "envs/registry/game_registry.h"
#include "nets/net_evaluator.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

std::shared_ptr<const GoGame> MakeGo(const std::string& id) {
  return std::dynamic_pointer_cast<const GoGame>(MakeGame(id).value());
}

ModelSnapshot SmallNetwork(const GoGame& game, std::uint64_t seed = 1) {
  ModelConfig config = ModelConfigFor(game.spec(), 8, 2);
  config.head_channels = 8;
  config.head_hidden = 8;
  return Model(config, seed).Snapshot();
}

PolicyReinforceConfig SmallConfig() {
  PolicyReinforceConfig config;
  config.games = 4;
  config.pool_every = 2;
  config.part_positions = 10;
  config.precision = Precision::kFloat32;
  return config;
}

bool SameWeights(const ModelSnapshot& a, const ModelSnapshot& b) {
  return std::all_of(a.weights.begin(), a.weights.end(), [&b](const auto& named) {
    return at::equal(named.second, b.weights.at(named.first));
  });
}

// Two of four moves are allowed, equally likely; weight 0.5, the second is played. The loss is
// -0.5 log(1/2); its gradient by the logits -0.5 (1 - 1/2) at the move, 0.5 * 1/2 at the other,
// nothing at forbidden ones. A position of weight -1 is turned around.
TEST(ReinforceLoss, IsTheWeightedLogProbabilityAmongAllowedMoves) {
  const at::Tensor logits = at::zeros({2, 4}).set_requires_grad(true);
  const at::Tensor forbidden =
      at::tensor({1.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 1.0F, 1.0F}).reshape({2, 4});
  const at::Tensor move = at::tensor({std::int64_t{2}, std::int64_t{0}});
  const at::Tensor loss = ReinforceLoss(logits, forbidden, move, at::tensor({0.5F, -1.0F}));
  EXPECT_NEAR(loss.item<float>(), 0.5 * std::log(2.0) - std::log(2.0), 1e-6);
  loss.backward();
  const at::Tensor wanted =
      at::tensor({0.0F, 0.25F, -0.25F, 0.0F, 0.5F, -0.5F, 0.0F, 0.0F}).reshape({2, 4});
  EXPECT_TRUE(at::allclose(logits.grad(), wanted, 1e-6, 1e-6)) << logits.grad();
}

// (z - b) / games of a game's number and a position where the learner is to move.
using WeightOf = std::function<double(std::size_t game, const State& position)>;

// J = sum over games and the learner's plies of (z - b) / games * log P(move), with P as a network
// evaluator says it of the position before each move.
double Objective(const GoGame& game, const ModelSnapshot& network,
                 const std::vector<ReinforceGame>& games, const WeightOf& weight) {
  NetEvaluatorOptions options;
  options.precision = Precision::kFloat32;
  options.symmetry = EvaluationSymmetry::kIdentity;
  NetEvaluator evaluator(network, options);
  double objective = 0.0;
  for (std::size_t i = 0; i < games.size(); ++i) {
    const auto state = game.NewState();
    for (const Action move : games[i].moves) {
      std::vector<Action> legal;
      std::vector<Action> playable;
      state->LegalActions(legal);
      PlayableMoves(static_cast<const GoState&>(*state), playable);
      std::vector<float> prior(legal.size());
      Evaluation evaluation;
      evaluation.state = state.get();
      evaluation.legal = legal;
      evaluation.prior = prior;
      evaluator.Evaluate({&evaluation, 1});
      double sum = 0.0;
      double of_move = 0.0;
      for (std::size_t k = 0; k < legal.size(); ++k) {
        if (!std::binary_search(playable.begin(), playable.end(), legal[k])) continue;
        sum += static_cast<double>(prior[k]);
        if (legal[k] == move) of_move = static_cast<double>(prior[k]);
      }
      if (state->ToMove() == games[i].learner) {
        objective += weight(i, *state) * std::log(of_move / sum);
      }
      state->Apply(move);
    }
  }
  return objective;
}

// Says 0.1 per ply of Black to move, -0.2 per ply of White.
float PlyValue(const State& state) {
  return (state.ToMove() == Player::kFirst ? 0.1F : -0.2F) * static_cast<float>(state.Ply());
}
class PlyValues final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) evaluation.value = PlyValue(*evaluation.state);
    return 0;
  }
  void Wait(Ticket) override {}
};

// Plain gradient ascent of a small rate r raises J by r |dJ/dw|^2, whatever the network: an error
// in sign, view or ply makes it something else. Games of seed 1, b by hand.
TEST(PolicyReinforcer, AStepRaisesTheObjectiveByTheSquareOfItsGradient) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const ModelSnapshot start = SmallNetwork(*game);
  const auto games = PlayNetworkGames(*game, start, start, 4, /*seed=*/1, Device::kCpu, 1);
  PolicyReinforceConfig config = SmallConfig();
  config.optimizer.kind = OptimizerKind::kSgd;
  config.optimizer.lr = 1e-4;
  config.optimizer.clip_norm = 0.0;
  double total = 0.0;
  for (const ReinforceGame& played : games) total += static_cast<double>(played.z);
  for (const auto baseline :
       {ReinforceBaseline::kNone, ReinforceBaseline::kMeanOfRest, ReinforceBaseline::kValue}) {
    config.baseline = baseline;
    const WeightOf weight = [&](std::size_t i, const State& position) {
      const auto z = static_cast<double>(games[i].z);
      const double b = baseline == ReinforceBaseline::kNone         ? 0.0
                       : baseline == ReinforceBaseline::kMeanOfRest ? (total - z) / 3.0
                                                                    : PlyValue(position);
      return (z - b) / 4.0;
    };
    PolicyReinforcer learner(game, start, config, Device::kCpu, 1, std::make_shared<PlyValues>());
    const double before = Objective(*game, learner.Publish(), games, weight);
    const StepMetrics metrics = learner.Learn(games);
    const double after = Objective(*game, learner.Publish(), games, weight);
    const double wanted = config.optimizer.lr * metrics.grad_norm * metrics.grad_norm;
    ASSERT_GT(metrics.grad_norm, 0.1);
    EXPECT_NEAR(metrics.loss, -before, 1e-3);
    EXPECT_NEAR(after - before, wanted, 0.1 * wanted);
  }
}

TEST(PolicyReinforcer, KeepsBatchNormAndTheOtherHeadsStatistics) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const ModelSnapshot start = SmallNetwork(*game);
  PolicyReinforcer learner(game, start, SmallConfig());
  learner.Step();
  const ModelSnapshot after = learner.Publish();
  EXPECT_FALSE(SameWeights(start, after));
  int statistics = 0;
  for (const auto& [name, tensor] : start.weights) {
    if (name.find("running") == std::string::npos) continue;
    ++statistics;
    EXPECT_TRUE(at::equal(tensor, after.weights.at(name))) << name;
  }
  EXPECT_GT(statistics, 0);
}

TEST(PolicyReinforcer, ThePoolGrowsAndARunGoesOnFromIt) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  PolicyReinforcer whole(game, SmallNetwork(*game), SmallConfig());
  for (int i = 0; i < 3; ++i) whole.Step();
  ASSERT_EQ(whole.pool().size(), 2U);
  EXPECT_EQ(whole.pool()[1].step, 2);
  EXPECT_FALSE(SameWeights(whole.pool()[0], whole.pool()[1]));
  PolicyReinforcer resumed(game, whole.pool().front(), SmallConfig());
  EXPECT_FALSE(resumed.Load(whole.State(), {whole.pool().front()}, 3).ok());
  ASSERT_TRUE(resumed.Load(whole.State(), whole.pool(), 3).ok());
  EXPECT_EQ(whole.Step().z, resumed.Step().z);
  EXPECT_TRUE(SameWeights(whole.Publish(), resumed.Publish()));
  EXPECT_EQ(resumed.pool().size(), 3U);
}

// Whatever the parts, they are one batch.
TEST(PolicyReinforcer, PartsOfABatchChangeNothing) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const ModelSnapshot start = SmallNetwork(*game);
  PolicyReinforceConfig config = SmallConfig();
  std::vector<double> norms;
  for (const int positions : {1000, 10, 1}) {
    config.part_positions = positions;
    PolicyReinforcer learner(game, start, config);
    norms.push_back(learner.Step().metrics.grad_norm);
  }
  EXPECT_NEAR(norms[1], norms[0], 1e-3 * norms[0]);
  EXPECT_NEAR(norms[2], norms[0], 1e-3 * norms[0]);
}

// The step that `precision` makes of games, as one vector.
at::Tensor StepOf(const GoGame& game, const ModelSnapshot& start,
                  std::span<const ReinforceGame> games, Precision precision) {
  PolicyReinforceConfig config = SmallConfig();
  config.precision = precision;
  config.optimizer.kind = OptimizerKind::kSgd;
  config.optimizer.clip_norm = 0.0;
  PolicyReinforcer learner(std::make_shared<const GoGame>(game), start, config);
  learner.Learn(games);
  std::vector<at::Tensor> moved;
  for (const auto& [name, tensor] : learner.Publish().weights) {
    if (tensor.is_floating_point()) moved.push_back((tensor - start.weights.at(name)).flatten());
  }
  return at::cat(moved);
}

// Where the processor has bfloat16; elsewhere both are float32.
TEST(PolicyReinforcer, TheProcessorsPrecisionPointsTheSameWay) {
  const auto game = MakeGo("go:size=5,komi=0.5");
  const ModelSnapshot start = SmallNetwork(*game);
  const auto games = PlayNetworkGames(*game, start, start, 8, 3, Device::kCpu, 1);
  const at::Tensor a = StepOf(*game, start, games, Precision::kFloat32);
  const at::Tensor b = StepOf(*game, start, games, Precision::kAuto);
  EXPECT_GT(a.norm().item<double>(), 0.0);
  EXPECT_GT((a.dot(b) / (a.norm() * b.norm())).item<double>(), 0.98);
  EXPECT_NEAR((b.norm() / a.norm()).item<double>(), 1.0, 0.05);
}

TEST(PolicyReinforcer, LearnsTheSameOnAnyNumberOfThreads) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const ModelSnapshot start = SmallNetwork(*game);
  const auto games = PlayNetworkGames(*game, start, start, 4, /*seed=*/1, Device::kCpu, 1);
  PolicyReinforcer one(game, start, SmallConfig());
  PolicyReinforcer three(game, start, SmallConfig(), Device::kCpu, 3);
  one.Learn(games);
  three.Learn(games);
  EXPECT_FALSE(SameWeights(start, one.Publish()));
  EXPECT_TRUE(SameWeights(one.Publish(), three.Publish()));
}

}  // namespace
}  // namespace tengen

#include "nets/net_evaluator.h"

#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "nets/encoder.h"
#include "nets/folded_net.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A position with everything that an Evaluation needs.
struct Position {
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior;
  std::vector<float> ownership;
  Evaluation evaluation;

  Evaluation& Ask(std::uint64_t random = 0) {
    evaluation.state = state.get();
    evaluation.legal = legal;
    evaluation.random = random;
    evaluation.prior = prior;
    evaluation.ownership = ownership;
    return evaluation;
  }
};

Position RandomPosition(const Game& game, int plies, std::uint64_t index) {
  Rng rng(7, RngRole::kTest, index);
  Position position;
  position.state = game.NewState();
  position.state->LegalActions(position.legal);
  for (int i = 0; i < plies; ++i) {
    position.state->Apply(
        position.legal[rng.Below(static_cast<std::uint32_t>(position.legal.size()))]);
    position.state->LegalActions(position.legal);
  }
  position.prior.resize(position.legal.size());
  position.ownership.resize(static_cast<std::size_t>(game.spec().shape.points()));
  return position;
}

NetEvaluatorOptions Exact() {
  NetEvaluatorOptions options;
  options.precision = Precision::kFloat32;
  options.symmetry = EvaluationSymmetry::kIdentity;
  return options;
}

void EvaluateOne(NetEvaluator& evaluator, Position& position, std::uint64_t random = 0) {
  Evaluation batch[1] = {position.Ask(random)};
  evaluator.Evaluate(batch);
  position.evaluation = batch[0];
}

// The unfolded model's answer for one position, turned by a symmetry.
ModelOutput Ask(const Model& model, const State& state, Symmetry symmetry = Symmetry()) {
  const BoardShape shape = state.game().spec().shape;
  const auto encoder = *MakeEncoder(model.config().encoder);
  const at::Tensor planes = at::empty({1, shape.rows, shape.columns, encoder->planes()});
  const at::Tensor globals = at::empty({1, encoder->globals()});
  encoder->Encode(state, symmetry,
                  {planes.data_ptr<float>(), static_cast<std::size_t>(planes.numel())},
                  {globals.data_ptr<float>(), static_cast<std::size_t>(globals.numel())});
  const at::NoGradGuard no_grad;
  return model.Forward(planes.permute({0, 3, 1, 2}), globals);
}

double Largest(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

class FoldedNetwork : public ::testing::TestWithParam<GameAndTrunk> {};

TEST_P(FoldedNetwork, EqualsTheModelWithin1e4) {
  const auto game = *MakeGame(GetParam().game);
  const ModelConfig config = ConfigFor(GetParam(), 16, 3);
  const Model model = RandomModel(config, 1);
  const FoldedNet net(model.Snapshot(), at::kCPU, at::kFloat);
  const BoardShape shape = game->spec().shape;
  at::manual_seed(2);
  const at::Tensor planes =
      at::rand({9, shape.rows, shape.columns, config.planes}).permute({0, 3, 1, 2});
  const at::Tensor globals = at::rand({9, config.globals});
  const at::NoGradGuard no_grad;
  const ModelOutput expected = model.Forward(planes, globals);
  const ModelOutput actual = SplitHeads(config, HeadLayout(config), net.Forward(planes, globals));
  EXPECT_LT(Largest(actual.policy_logits, expected.policy_logits), 1e-4);
  EXPECT_LT(Largest(actual.outcome_logits, expected.outcome_logits), 1e-4);
  EXPECT_LT(Largest(actual.value, expected.value), 1e-4);
  EXPECT_GT(Largest(expected.policy_logits, at::zeros({1})), 0.1);
  if (config.area_heads) {
    EXPECT_LT(Largest(actual.score, expected.score), 1e-3);
    EXPECT_LT(Largest(actual.ownership_logits, expected.ownership_logits), 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Games, FoldedNetwork,
                         ::testing::Values(GameAndTrunk{"go:size=5"}, GameAndTrunk{"go:size=9"},
                                           GameAndTrunk{"connect4"}, GameAndTrunk{"tictactoe"},
                                           GameAndTrunk{"gomoku:rows=3,columns=5,k=3"},
                                           GameAndTrunk{"go:size=5", Trunk::kBottleneck},
                                           GameAndTrunk{"connect4", Trunk::kBottleneck},
                                           GameAndTrunk{"go:size=5", Trunk::kAttention},
                                           GameAndTrunk{"connect4", Trunk::kAttention}));

TEST(NetEvaluator, GivesTheModelsPriorValueScoreAndOwnership) {
  const auto game = *MakeGame("go:size=5");
  const Model model = RandomModel(ModelConfigFor(game->spec(), 16, 2), 1);
  NetEvaluator evaluator(model.Snapshot(), Exact());
  Position position = RandomPosition(*game, 9, 0);
  EvaluateOne(evaluator, position);

  const ModelOutput expected = Ask(model, *position.state);
  double sum = 0.0;
  for (const Action action : position.legal) {
    sum += std::exp(expected.policy_logits[0][action].item<double>());
  }
  for (std::size_t i = 0; i < position.legal.size(); ++i) {
    const double p = std::exp(expected.policy_logits[0][position.legal[i]].item<double>()) / sum;
    EXPECT_NEAR(position.prior[i], p, 1e-4);
  }
  EXPECT_NEAR(position.evaluation.value, expected.value.item<double>(), 1e-4);
  EXPECT_NEAR(position.evaluation.score, expected.score.item<double>(), 1e-3);
  const at::Tensor owner = 2.0 * expected.ownership_logits.sigmoid() - 1.0;
  for (int point = 0; point < 25; ++point) {
    EXPECT_NEAR(position.ownership[static_cast<std::size_t>(point)], owner[0][point].item<double>(),
                1e-4);
  }
}

class TurnedEvaluation : public ::testing::TestWithParam<const char*> {};

TEST_P(TurnedEvaluation, UndoesTheSymmetryThatRandomPicks) {
  const auto game = *MakeGame(GetParam());
  const GameSpec& spec = game->spec();
  const Model model = RandomModel(ModelConfigFor(spec, 8, 1), 1);
  NetEvaluatorOptions options = Exact();
  options.symmetry = EvaluationSymmetry::kRandom;
  NetEvaluator evaluator(model.Snapshot(), options);
  Position position = RandomPosition(*game, 4, 0);
  for (std::uint64_t i = 0; i < 16; ++i) {
    const std::uint64_t random = Mix64(i);
    const Symmetry symmetry = spec.symmetries.Pick(random);
    EvaluateOne(evaluator, position, random);
    const at::Tensor logits = Ask(model, *position.state, symmetry).policy_logits[0];
    const auto logit = [&](Action action) {
      return logits[spec.MapAction(symmetry, action)].item<double>();
    };
    for (std::size_t a = 1; a < position.legal.size(); ++a) {
      EXPECT_NEAR(std::log(position.prior[a] / position.prior[0]),
                  logit(position.legal[a]) - logit(position.legal[0]), 1e-3);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Games, TurnedEvaluation,
                         ::testing::Values("go:size=5", "connect4", "tictactoe"));

TEST(NetEvaluator, AnswersDoNotDependOnTheBatch) {
  const auto game = *MakeGame("go:size=5");
  NetEvaluator evaluator(RandomModel(ModelConfigFor(game->spec(), 16, 2), 1).Snapshot(), Exact());
  std::vector<Position> together;
  std::vector<Evaluation> batch;
  for (std::uint64_t i = 0; i < 13; ++i) together.push_back(RandomPosition(*game, 5, i));
  for (Position& position : together) batch.push_back(position.Ask());
  evaluator.Evaluate(batch);
  for (std::uint64_t i = 0; i < 13; ++i) {
    Position alone = RandomPosition(*game, 5, i);
    EvaluateOne(evaluator, alone);
    EXPECT_NEAR(alone.evaluation.value, batch[i].value, 1e-5);
    EXPECT_NEAR(alone.prior[0], together[i].prior[0], 1e-5);
  }
}

TEST(NetEvaluator, PlaysOtherBoardSizesThanItWasMadeFor) {
  const auto small = *MakeGame("go:size=5");
  const auto large = *MakeGame("go:size=9");
  NetEvaluator evaluator(RandomModel(ModelConfigFor(small->spec(), 8, 2), 1).Snapshot(), Exact());
  Position position = RandomPosition(*large, 10, 0);
  EvaluateOne(evaluator, position);
  float sum = 0.0F;
  for (const float p : position.prior) sum += p;
  EXPECT_NEAR(sum, 1.0F, 1e-5F);
}

TEST(NetEvaluator, MixedBoardSizesInOneBatchAreABug) {
  const auto small = *MakeGame("go:size=5");
  const auto large = *MakeGame("go:size=9");
  NetEvaluator evaluator(RandomModel(ModelConfigFor(small->spec(), 8, 1), 1).Snapshot(), Exact());
  Position a = RandomPosition(*small, 1, 0);
  Position b = RandomPosition(*large, 1, 0);
  Evaluation batch[2] = {a.Ask(), b.Ask()};
  EXPECT_THROW(evaluator.Evaluate(batch), BugError);
}

TEST(NetEvaluator, Bfloat16AgreesWithFloat32) {
  if (!CpuHasBfloat16()) GTEST_SKIP() << "this processor has no bfloat16 products";
  const auto game = *MakeGame("go:size=7");
  const ModelSnapshot snapshot = RandomModel(ModelConfigFor(game->spec(), 32, 4), 1).Snapshot();
  NetEvaluator exact(snapshot, Exact());
  NetEvaluatorOptions options = Exact();
  options.precision = Precision::kAuto;
  NetEvaluator half(snapshot, options);
  ASSERT_EQ(half.precision(), Precision::kBfloat16);
  double largest = 0.0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    Position a = RandomPosition(*game, 12, i);
    Position b = RandomPosition(*game, 12, i);
    EvaluateOne(exact, a);
    EvaluateOne(half, b);
    EXPECT_NEAR(a.evaluation.value, b.evaluation.value, 0.05);
    for (std::size_t j = 0; j < a.prior.size(); ++j) EXPECT_NEAR(a.prior[j], b.prior[j], 0.05);
    largest = std::max(largest, std::abs(double{a.evaluation.value} - b.evaluation.value));
  }
  EXPECT_GT(largest, 0.0) << "both computed the same";
}

TEST(NetEvaluator, ThreadsShareOneEvaluator) {
  const auto game = *MakeGame("go:size=5");
  NetEvaluator evaluator(RandomModel(ModelConfigFor(game->spec(), 16, 2), 1).Snapshot(), Exact());
  std::vector<float> expected;
  for (std::uint64_t i = 0; i < 8; ++i) {
    Position position = RandomPosition(*game, 5, i);
    EvaluateOne(evaluator, position);
    expected.push_back(position.evaluation.value);
  }
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& errors : wrong) {
    threads.emplace_back([&evaluator, &game, &expected, &errors] {
      for (std::uint64_t i = 0; i < 8; ++i) {
        Position position = RandomPosition(*game, 5, i);
        EvaluateOne(evaluator, position);
        if (position.evaluation.value != expected[i]) ++errors;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST(ParseDevice, SaysWhatIsWanted) {
  EXPECT_EQ(*ParseDevice("cpu"), Device::kCpu);
  EXPECT_EQ(ParseDevice("tpu").error(), "device tpu, wanted cpu or cuda or cuda:N, such as cuda:1");
  if (torch::cuda::is_available()) GTEST_SKIP() << "there is a CUDA device";
  EXPECT_THAT(ParseDevice("cuda").error(), StartsWith("device cuda, wanted cpu: "));
}

}  // namespace
}  // namespace tengen

// Networks on the path of other devices, on the CPU, beside the CPU's own path.

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "nets/answer_writer.h"
#include "nets/katago_model.h"
#include "nets/net_evaluator.h"
#include "nets/operator_device.h"
#include "nets/pipeline_pool.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_katago_file.h"
#include "tests/nets/random_model.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/later_device.h"

namespace tengen {
namespace {

double Largest(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

// Positions of one game, each with memory for its answers.
struct Positions {
  Positions(const Game& game, int count, std::uint64_t seed = 7) {
    for (int i = 0; i < count; ++i) {
      Rng rng(seed, RngRole::kTest, static_cast<std::uint64_t>(i));
      std::unique_ptr<State> state = game.NewState();
      std::vector<Action> legal;
      for (int ply = 0; ply < i % 4; ++ply) {
        state->LegalActions(legal);
        state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
      }
      states.push_back(std::move(state));
      requests.push_back(std::make_unique<EvaluationRequest>(*states.back(), rng.Next()));
      ownership.emplace_back(static_cast<std::size_t>(game.spec().shape.points()));
    }
    for (std::size_t i = 0; i < requests.size(); ++i) {
      batch.push_back(requests[i]->evaluation);
      batch.back().ownership = ownership[i];
    }
  }

  std::vector<std::unique_ptr<State>> states;
  std::vector<std::unique_ptr<EvaluationRequest>> requests;
  std::vector<std::vector<float>> ownership;
  std::vector<Evaluation> batch;
};

// Largest difference of priors, values and ownership; scores count in units of ten points.
double Difference(const Positions& a, const Positions& b) {
  double largest = 0.0;
  const auto compare = [&largest](double x, double y) {
    largest = std::max(largest, std::isfinite(x) && std::isfinite(y) ? std::abs(x - y) : 1e9);
  };
  for (std::size_t i = 0; i < a.batch.size(); ++i) {
    compare(double{a.batch[i].value}, double{b.batch[i].value});
    compare(0.1 * double{a.batch[i].score}, 0.1 * double{b.batch[i].score});
    for (std::size_t k = 0; k < a.batch[i].prior.size(); ++k) {
      compare(double{a.batch[i].prior[k]}, double{b.batch[i].prior[k]});
    }
    for (std::size_t p = 0; p < a.ownership[i].size(); ++p) {
      compare(double{a.ownership[i][p]}, double{b.ownership[i][p]});
    }
  }
  return largest;
}

NetEvaluatorOptions Exact() {
  NetEvaluatorOptions options;
  options.precision = Precision::kFloat32;
  return options;
}

std::shared_ptr<PipelinePool> PoolOf(PipelinePool::DeviceMaker make) {
  return std::make_shared<PipelinePool>(std::move(make), EvaluationPipeline::Options());
}
std::shared_ptr<PipelinePool> OperatorPool(Precision precision = Precision::kFloat32) {
  return PoolOf([precision](const ModelSnapshot& snapshot) {
    return std::make_unique<OperatorDevice>(snapshot, precision);
  });
}

// All layouts of policies and boards: squares, a rectangle, one row, a control task.
class DevicePath : public ::testing::TestWithParam<GameAndTrunk> {
 protected:
  DevicePath()
      : game_(*MakeGame(GetParam().game)),
        snapshot_(RandomModel(ConfigFor(GetParam(), 16, 3), 1).Snapshot()) {}

  std::unique_ptr<NetEvaluator> OnDevice(Precision precision) const {
    return std::make_unique<NetEvaluator>(snapshot_, Exact(), OperatorPool(precision));
  }

  const std::shared_ptr<const Game> game_;
  const ModelSnapshot snapshot_;
};

TEST_P(DevicePath, TheNetworkIsTheSameOnBothPathsAndContiguous) {
  const at::InferenceMode inference;
  const ModelConfig& config = snapshot_.config;
  const FoldedNet cpu(snapshot_, at::kCPU, at::kFloat, ComputePath::kCpu);
  const FoldedNet device(snapshot_, at::kCPU, at::kFloat, ComputePath::kOperators);
  const BoardShape shape = game_->spec().shape;
  at::manual_seed(3);
  for (const int batch : {1, 2, 7, 33}) {
    const at::Tensor planes = at::randint(0, 2, {batch, shape.rows, shape.columns, config.planes})
                                  .to(at::kByte)
                                  .permute({0, 3, 1, 2});
    const at::Tensor globals = at::rand({batch, config.globals});
    const HeadTensors a = cpu.Forward(planes, globals);
    const HeadTensors b = device.Forward(planes, globals);
    for (const auto& [x, y] : {std::pair(a.outputs, b.outputs), std::pair(a.points, b.points),
                               std::pair(a.columns, b.columns)}) {
      ASSERT_EQ(x.defined(), y.defined());
      if (!x.defined()) continue;
      EXPECT_LT(Largest(x, y), 1e-5 * std::max(1.0, x.abs().max().item<double>()));
      EXPECT_TRUE(y.is_contiguous());
    }
  }
}

TEST_P(DevicePath, TheEvaluatorIsTheSameOnBothPaths) {
  NetEvaluator cpu(snapshot_, Exact());
  const auto device = OnDevice(Precision::kFloat32);
  for (const int count : {1, 5, 33}) {
    Positions a(*game_, count);
    Positions b(*game_, count);
    cpu.Evaluate(a.batch);
    device->Evaluate(b.batch);
    EXPECT_LT(Difference(a, b), 1e-5) << count;
  }
}

TEST_P(DevicePath, Bfloat16IsWithin2Hundredths) {
  const auto device = OnDevice(Precision::kBfloat16);
  ASSERT_EQ(device->precision(), Precision::kBfloat16);
  NetEvaluator cpu(snapshot_, Exact());
  Positions a(*game_, 9);
  Positions b(*game_, 9);
  cpu.Evaluate(a.batch);
  device->Evaluate(b.batch);
  EXPECT_LT(Difference(a, b), 2e-2);
  EXPECT_GT(Difference(a, b), 0.0) << "both computed the same";
}

INSTANTIATE_TEST_SUITE_P(Games, DevicePath,
                         ::testing::Values(GameAndTrunk{"go:size=5"}, GameAndTrunk{"go:size=9"},
                                           GameAndTrunk{"connect4"}, GameAndTrunk{"tictactoe"},
                                           GameAndTrunk{"hex:size=5"}, GameAndTrunk{"othello"},
                                           GameAndTrunk{"cartpole"},
                                           GameAndTrunk{"gomoku:rows=3,columns=5,k=3"},
                                           GameAndTrunk{"go:size=5", Trunk::kBottleneck},
                                           GameAndTrunk{"connect4", Trunk::kBottleneck},
                                           GameAndTrunk{"go:size=5", Trunk::kAttention},
                                           GameAndTrunk{"connect4", Trunk::kAttention},
                                           GameAndTrunk{"cartpole", Trunk::kAttention}));

TEST(DeviceEvaluator, PlansOfSeveralBoardSizesShareOneNetwork) {
  const auto small = *MakeGame("go:size=5");
  const auto large = *MakeGame("go:size=7");
  const ModelSnapshot snapshot = RandomModel(ModelConfigFor(small->spec(), 8, 2), 1).Snapshot();
  NetEvaluator cpu(snapshot, Exact());
  NetEvaluator device(snapshot, Exact(), OperatorPool());
  for (const auto& game : {small, large, small}) {
    Positions a(*game, 11);
    Positions b(*game, 11);
    cpu.Evaluate(a.batch);
    device.Evaluate(b.batch);
    EXPECT_LT(Difference(a, b), 1e-5);
  }
}

TEST(DeviceEvaluator, AnswersDoNotDependOnWhatIsInTheSameBatch) {
  const auto game = *MakeGame("go:size=5");
  const ModelSnapshot snapshot = RandomModel(ModelConfigFor(game->spec(), 16, 2), 1).Snapshot();
  LaterDevice* later = nullptr;
  NetEvaluator evaluator(snapshot, Exact(), PoolOf([&later](const ModelSnapshot& weights) {
                           auto device = std::make_unique<LaterDevice>(
                               std::make_unique<OperatorDevice>(weights, Precision::kFloat32));
                           later = device.get();
                           return device;
                         }));
  LaterDevice& stream = *later;
  Positions alone(*game, 3);
  evaluator.Evaluate(alone.batch);

  // Behind two that the device holds, three more gather in one batch.
  stream.Allow(0);
  Positions first(*game, 1), second(*game, 1), before(*game, 20, 8), same(*game, 3),
      after(*game, 40, 9);
  std::vector<Evaluator::Ticket> tickets;
  tickets.push_back(evaluator.Submit(first.batch));
  stream.AwaitQueued(2);
  tickets.push_back(evaluator.Submit(second.batch));
  stream.AwaitQueued(3);
  for (Positions* positions : {&before, &same, &after}) {
    tickets.push_back(evaluator.Submit(positions->batch));
  }
  stream.Allow(LaterDevice::kAll);
  for (const Evaluator::Ticket ticket : tickets) evaluator.Wait(ticket);
  EXPECT_EQ(stream.done(), 4);
  EXPECT_LT(Difference(alone, same), 1e-5);
}

TEST(DeviceEvaluator, TheNextNetworkTakesOverWhatTheLastOneMade) {
  const auto game = *MakeGame("go:size=5");
  const ModelConfig config = ModelConfigFor(game->spec(), 16, 2);
  const ModelSnapshot first = RandomModel(config, 1).Snapshot();
  const ModelSnapshot second = RandomModel(config, 2).Snapshot();
  const auto pool = OperatorPool();
  const auto expect_answers_of = [&](const ModelSnapshot& snapshot, Evaluator& evaluator) {
    NetEvaluator cpu(snapshot, Exact());
    Positions a(*game, 9);
    Positions b(*game, 9);
    cpu.Evaluate(a.batch);
    evaluator.Evaluate(b.batch);
    EXPECT_LT(Difference(a, b), 1e-5);
  };
  auto old = std::make_unique<NetEvaluator>(first, Exact(), pool);
  expect_answers_of(first, *old);
  // While games of the old network end there are two.
  auto next = std::make_unique<NetEvaluator>(second, Exact(), pool);
  expect_answers_of(second, *next);
  expect_answers_of(first, *old);
  old.reset();
  for (int i = 0; i < 3; ++i) {
    const ModelSnapshot& newest = i % 2 == 0 ? first : second;
    auto evaluator = std::make_unique<NetEvaluator>(newest, Exact(), pool);
    expect_answers_of(newest, *evaluator);
    next = std::move(evaluator);
  }
  EXPECT_EQ(pool->made(), 2);
  // Neither snapshot was written to.
  expect_answers_of(first, *std::make_unique<NetEvaluator>(first, Exact()));
}

TEST(DeviceEvaluator, MixedBoardSizesAreABugAndTheNextBatchWorks) {
  const auto small = *MakeGame("go:size=5");
  const auto large = *MakeGame("go:size=7");
  const ModelSnapshot snapshot = RandomModel(ModelConfigFor(small->spec(), 8, 1), 1).Snapshot();
  NetEvaluator evaluator(snapshot, Exact(), OperatorPool());
  Positions a(*small, 1);
  Positions b(*large, 1);
  std::vector<Evaluation> mixed = {a.batch[0], b.batch[0]};
  EXPECT_THROW(evaluator.Submit(mixed), BugError);
  evaluator.Evaluate(a.batch);
  EXPECT_LE(std::abs(a.batch[0].value), 1.0F);
}

// The fault that a device path once had: [N,O,P] whose memory is [N][P][O].
TEST(DeviceEvaluator, AnswersWithOtherStridesAreRefused) {
  const auto game = *MakeGame("go:size=5");
  const ModelConfig config = ModelConfigFor(game->spec(), 8, 1);
  const HeadLayout layout(config);
  HeadTensors heads;
  heads.outputs = at::zeros({1, layout.outputs});
  heads.points = at::zeros({1, 25, layout.point_outputs}).transpose(1, 2);
  ASSERT_FALSE(heads.points.is_contiguous());
  Positions position(*game, 1);
  const std::vector<Symmetry> symmetries(1);
  const AnswerWriter writer(config);
  EXPECT_THROW(writer.Write(heads, 0, symmetries, position.batch), BugError);
  heads.points = heads.points.contiguous();
  writer.Write(heads, 0, symmetries, position.batch);
  EXPECT_NEAR(position.batch[0].prior[0], 1.0 / 26.0, 1e-6);
}

TEST(DeviceKataGo, TheNetworkIsTheSameOnBothPaths) {
  const at::InferenceMode inference;
  const KataGoNetwork network =
      ParseKataGoNetwork(RandomKataGoFile(14, WeightFormat::kBinary, 5), "random").value();
  const auto arithmetic = KataGoModel::Arithmetic::kFloat32;
  const KataGoModel cpu(network, Device::kCpu, arithmetic, ComputePath::kCpu);
  const KataGoModel device(network, Device::kCpu, arithmetic, ComputePath::kOperators);
  for (const auto& [rows, columns] : {std::pair(9, 9), std::pair(7, 10), std::pair(19, 19)}) {
    const at::Tensor planes = at::rand({3, rows, columns, 22}).permute({0, 3, 1, 2});
    const at::Tensor globals = at::rand({3, 19});
    const KataGoOutput a = cpu.Forward(planes, globals);
    const KataGoOutput b = device.Forward(planes, globals);
    for (const auto& [x, y] :
         {std::pair(a.policy, b.policy), std::pair(a.outcome, b.outcome),
          std::pair(a.scores, b.scores), std::pair(a.ownership, b.ownership)}) {
      EXPECT_LT(Largest(x, y), 1e-5 * std::max(1.0, x.abs().max().item<double>()));
      EXPECT_TRUE(y.is_contiguous());
    }
  }
}

// On a GPU, where there is one.
class RealDevice : public DevicePath {
 protected:
  void SetUp() override {
    if (!ParseDevice("cuda")) GTEST_SKIP() << "no CUDA device";
  }
  double DifferenceFromCpu(Precision precision, int count) const {
    NetEvaluatorOptions options;
    options.device = Device::kCuda;
    options.precision = precision;
    NetEvaluator cpu(snapshot_, Exact());
    NetEvaluator cuda(snapshot_, options);
    Positions a(*game_, count);
    Positions b(*game_, count);
    cpu.Evaluate(a.batch);
    cuda.Evaluate(b.batch);
    return Difference(a, b);
  }
};

TEST_P(RealDevice, Float32IsTheCpusWithin1e4) {
  for (const int count : {1, 5, 33, 300, 1500}) {
    EXPECT_LT(DifferenceFromCpu(Precision::kFloat32, count), 1e-4) << count;
  }
}

TEST_P(RealDevice, Bfloat16IsTheCpusFloat32Within2Hundredths) {
  EXPECT_LT(DifferenceFromCpu(Precision::kBfloat16, 77), 2e-2);
}

TEST_P(RealDevice, NetworksFollowEachOtherInTheSameMemory) {
  NetEvaluatorOptions options;
  options.device = Device::kCuda;
  options.precision = Precision::kFloat32;
  const auto pool = MakePipelinePool(options);
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    const ModelSnapshot next = RandomModel(snapshot_.config, seed).Snapshot();
    NetEvaluator cpu(next, Exact());
    NetEvaluator cuda(next, options, pool);
    Positions a(*game_, 50);
    Positions b(*game_, 50);
    cpu.Evaluate(a.batch);
    cuda.Evaluate(b.batch);
    EXPECT_LT(Difference(a, b), 1e-4) << seed;
  }
  EXPECT_EQ(pool->made(), 1);
}

INSTANTIATE_TEST_SUITE_P(Games, RealDevice,
                         ::testing::Values("go:size=5", "go:size=9", "go:size=19", "connect4",
                                           "tictactoe", "gomoku:rows=3,columns=5,k=3"));

}  // namespace
}  // namespace tengen

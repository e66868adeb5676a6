#include "nets/model.h"

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/nn/module.h>

#include "envs/registry/game_registry.h"
#include "nets/model_json.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

ModelConfig ConfigOf(const char* game) { return ModelConfigFor((*MakeGame(game))->spec(), 8, 2); }

ModelOutput Forward(const Model& model, int batch, int rows, int columns) {
  const at::NoGradGuard no_grad;
  at::manual_seed(5);
  return model.Forward(at::rand({batch, model.config().planes, rows, columns}),
                       at::rand({batch, model.config().globals}));
}

TEST(Model, OneGoNetworkPlaysEveryBoardSize) {
  const Model model = RandomModel(ConfigOf("go:size=5"), 1);
  for (const auto& [rows, columns] : {std::pair(2, 2), {5, 5}, {7, 9}, {19, 19}}) {
    const ModelOutput output = Forward(model, 3, rows, columns);
    EXPECT_EQ(output.policy_logits.sizes(), (at::IntArrayRef{3, rows * columns + 1}));
    EXPECT_EQ(output.outcome_logits.sizes(), (at::IntArrayRef{3, 3}));
    EXPECT_EQ(output.value.sizes(), (at::IntArrayRef{3}));
    EXPECT_EQ(output.score.sizes(), (at::IntArrayRef{3}));
    EXPECT_EQ(output.ownership_logits.sizes(), (at::IntArrayRef{3, rows * columns}));
  }
}

TEST(Model, OneAttentionNetworkPlaysEveryBoardSizeAndEachPositionOfABatchAlone) {
  const Model model = RandomModel(ConfigFor({"go:size=5", Trunk::kAttention}, 16, 2), 1);
  const at::NoGradGuard no_grad;
  at::manual_seed(5);
  for (const auto& [rows, columns] : {std::pair(2, 2), {5, 5}, {7, 9}, {19, 19}}) {
    const at::Tensor planes = at::rand({3, model.config().planes, rows, columns});
    const at::Tensor globals = at::rand({3, model.config().globals});
    const at::Tensor batch = model.Forward(planes, globals).policy_logits;
    EXPECT_EQ(batch.sizes(), (at::IntArrayRef{3, rows * columns + 1}));
    const at::Tensor one =
        model.Forward(planes.narrow(0, 1, 1), globals.narrow(0, 1, 1)).policy_logits;
    EXPECT_LT((batch[1] - one[0]).abs().max().item<double>(), 1e-4);
  }
}

TEST(Model, ColumnsHeadGivesOneLogitPerColumn) {
  const ModelOutput output = Forward(RandomModel(ConfigOf("connect4"), 1), 2, 6, 7);
  EXPECT_EQ(output.policy_logits.sizes(), (at::IntArrayRef{2, 7}));
  EXPECT_FALSE(output.score.defined());
  EXPECT_FALSE(output.ownership_logits.defined());
}

TEST(Model, DenseHeadAndScalarValueServeOnePlayerGames) {
  ModelConfig config = ConfigOf("tictactoe");
  config.policy = PolicyLayout::kDense;
  config.shape = {3, 3};
  config.num_actions = 4;
  config.value = ValueHead::kScalar;
  const ModelOutput output = Forward(RandomModel(config, 1), 2, 3, 3);
  EXPECT_EQ(output.policy_logits.sizes(), (at::IntArrayRef{2, 4}));
  EXPECT_FALSE(output.outcome_logits.defined());
  EXPECT_EQ(output.value.sizes(), (at::IntArrayRef{2}));
}

TEST(Model, ValueIsWinMinusLoss) {
  const ModelOutput output = Forward(RandomModel(ConfigOf("go:size=5"), 1), 4, 5, 5);
  const at::Tensor p = output.outcome_logits.exp() / output.outcome_logits.exp().sum(1, true);
  EXPECT_LT((p.select(1, 0) - p.select(1, 2) - output.value).abs().max().item<double>(), 1e-6);
}

TEST(Model, SameSeedSameWeights) {
  const ModelConfig config = ConfigOf("go:size=5");
  const ModelSnapshot a = Model(config, 1).Snapshot();
  const ModelSnapshot b = Model(config, 1).Snapshot();
  const ModelSnapshot c = Model(config, 2).Snapshot();
  for (const auto& [name, tensor] : a.weights) EXPECT_TRUE(at::equal(tensor, b.weights.at(name)));
  EXPECT_FALSE(at::equal(a.weights.at("input.conv.weight"), c.weights.at("input.conv.weight")));
}

TEST(Model, NewNetworksKnowNothing) {
  Model model(ConfigOf("go:size=5"), 1);
  model.Eval();
  const ModelOutput output = Forward(model, 4, 5, 5);
  EXPECT_LT(output.value.abs().max().item<double>(), 0.3);
  EXPECT_LT((output.policy_logits.softmax(1) - 1.0 / 26).abs().max().item<double>(), 0.04);
}

TEST(Model, SnapshotsAreCopies) {
  Model model = RandomModel(ConfigOf("tictactoe"), 1);
  const ModelSnapshot snapshot = model.Snapshot(/*step=*/7);
  EXPECT_EQ(snapshot.step, 7);
  const at::Tensor before = snapshot.weights.at("hidden.bias").clone();
  {
    const at::NoGradGuard no_grad;
    for (at::Tensor parameter : model.module()->parameters()) parameter.add_(1.0);
  }
  EXPECT_TRUE(at::equal(snapshot.weights.at("hidden.bias"), before));
}

TEST(Model, LoadGivesTheSameAnswers) {
  const Model model = RandomModel(ConfigOf("go:size=5"), 1);
  Model other(model.config(), 99);
  ASSERT_TRUE(other.Load(model.Snapshot().weights).ok());
  other.Eval();
  const ModelOutput expected = Forward(model, 2, 5, 5);
  EXPECT_TRUE(at::equal(Forward(other, 2, 5, 5).policy_logits, expected.policy_logits));
}

TEST(Model, LoadSaysWhatDoesNotFit) {
  Model model(ConfigOf("tictactoe"), 1);
  NamedTensors weights = model.Snapshot().weights;
  weights["extra"] = at::zeros({1});
  EXPECT_THAT(model.Load(weights).error(), HasSubstr("tensors, wanted"));
  weights.erase("extra");
  weights["hidden.bias"] = at::zeros({3});
  EXPECT_THAT(model.Load(weights).error(), HasSubstr("hidden.bias is"));
  weights.erase("hidden.bias");
  EXPECT_THAT(model.Load(weights).error(), HasSubstr("no tensor hidden.bias"));
}

TEST(Model, TrunkInBfloat16GivesNearlyTheSameGradients) {
  if (!CpuHasBfloat16()) GTEST_SKIP() << "this processor has no bfloat16 products";
  Model model = RandomModel(ConfigOf("go:size=5"), 1);
  model.Train();
  at::manual_seed(5);
  const at::Tensor planes = at::rand({32, model.config().planes, 5, 5});
  const at::Tensor globals = at::rand({32, model.config().globals});
  const auto gradient = [&](Precision precision) {
    model.SetPrecision(precision);
    model.module()->zero_grad();
    const ModelOutput output = model.Forward(planes, globals);
    EXPECT_EQ(output.policy_logits.scalar_type(), at::kFloat);
    (output.policy_logits.softmax(1).select(1, 3).log().sum() + output.value.sum()).backward();
    std::vector<at::Tensor> parts;
    for (const at::Tensor& parameter : model.module()->parameters()) {
      parts.push_back(parameter.grad().flatten().clone());
    }
    return at::cat(parts);
  };
  const at::Tensor exact = gradient(Precision::kFloat32);
  const at::Tensor half = gradient(Precision::kBfloat16);
  const double error = ((half - exact).norm() / exact.norm()).item<double>();
  EXPECT_LT(error, 0.1);
  EXPECT_GT(error, 1e-5) << "both computed the same";
}

TEST(ModelConfig, SurvivesJson) {
  for (const char* game : {"go:size=9", "connect4", "tictactoe"}) {
    const ModelConfig config = ConfigOf(game);
    const Result<ModelConfig> read = ModelConfigFromJson(ModelConfigToJson(config));
    ASSERT_TRUE(read.ok()) << read.error();
    EXPECT_EQ(*read, config);
  }
}

TEST(ModelConfig, TheTrunkIsWrittenWhereItIsNotTheUsualOne) {
  ModelConfig config = ConfigOf("go:size=9");
  EXPECT_FALSE(ModelConfigToJson(config).contains("trunk"));
  config.trunk = Trunk::kAttention;
  config.channels = 24;
  config.heads = 3;
  EXPECT_EQ(*ModelConfigFromJson(ModelConfigToJson(config)), config);
  config.heads = 4;
  EXPECT_THAT(ModelConfigFromJson(ModelConfigToJson(config)).error(),
              HasSubstr("channels is 24, wanted a multiple of 4 heads, 16"));
  config.trunk = Trunk::kBottleneck;
  EXPECT_EQ(*ModelConfigFromJson(ModelConfigToJson(config)), config);
  config.channels = 23;
  EXPECT_THAT(ModelConfigFromJson(ModelConfigToJson(config)).error(),
              HasSubstr("channels is 23, wanted an even number"));
}

TEST(ModelConfig, JsonErrorsNameTheKey) {
  const nlohmann::json good = ModelConfigToJson(ConfigOf("go:size=9"));
  const auto with = [&good](const char* key, const nlohmann::json& value) {
    nlohmann::json json = good;
    json[key] = value;
    return ModelConfigFromJson(json).error();
  };
  EXPECT_THAT(with("chanels", 3), HasSubstr("unknown key chanels"));
  EXPECT_THAT(with("channels", "many"), HasSubstr("type must be number"));
  EXPECT_THAT(with("channels", 0), HasSubstr("channels is 0, wanted at least 1"));
  EXPECT_THAT(with("policy", "rows"), HasSubstr("policy is 'rows'"));
  EXPECT_THAT(with("encoder", "go/7"), HasSubstr("encoder 'go/7', wanted board/1 or go/1 or go/2"));
  EXPECT_THAT(with("planes", 5), HasSubstr("5 planes and 16 globals, wanted the 13 and 16"));
  nlohmann::json missing = good;
  missing.erase("blocks");
  EXPECT_THAT(ModelConfigFromJson(missing).error(), HasSubstr("key 'blocks' not found"));
}

TEST(CheckModelPlays, ComparesLayoutShapeAndEncoder) {
  const auto spec = [](const char* id) { return (*MakeGame(id))->spec(); };
  EXPECT_TRUE(CheckModelPlays(ConfigOf("go:size=5"), spec("go:size=9")).ok());
  EXPECT_THAT(CheckModelPlays(ConfigOf("go:size=5"), spec("othello")).error(),
              HasSubstr("wanted go"));
  EXPECT_THAT(CheckModelPlays(ConfigOf("connect4"), spec("tictactoe")).error(),
              HasSubstr("action layout of tictactoe"));
}

}  // namespace
}  // namespace tengen

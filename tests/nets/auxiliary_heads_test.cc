#include "nets/auxiliary_heads.h"

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/registry/game_registry.h"
#include "nets/folded_net.h"
#include "nets/model_json.h"
#include "nets/net_evaluator.h"
#include "nets/onnx_export.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// Of a game with area; others have no scores.
constexpr AuxiliaryHeads kAll = {true, true, true, true, true};

ModelConfig WithAll(ModelConfig config) {
  config.auxiliary = kAll;
  config.auxiliary.short_term_score = config.area_heads;
  config.auxiliary.score_distribution = config.area_heads;
  return config;
}

// A tensor and the same without the heads; undefined ones are equal.
void ExpectEqual(const at::Tensor& a, const at::Tensor& b) {
  ASSERT_EQ(a.defined(), b.defined());
  if (a.defined()) {
    EXPECT_TRUE(at::equal(a, b));
  }
}

class AuxiliaryHeadsOfAGame : public ::testing::TestWithParam<GameAndTrunk> {
 protected:
  AuxiliaryHeadsOfAGame()
      : game_(*MakeGame(GetParam().game)),
        config_(ConfigFor(GetParam(), 16, 2)),
        without_(config_, 7),
        with_(WithAll(config_), 7) {
    at::manual_seed(2);
    const BoardShape shape = game_->spec().shape;
    planes_ = at::rand({3, shape.rows, shape.columns, config_.planes}).permute({0, 3, 1, 2});
    globals_ = at::rand({3, config_.globals});
    without_.Eval();
    with_.Eval();
  }

  std::shared_ptr<const Game> game_;
  ModelConfig config_;
  Model without_;
  Model with_;
  at::Tensor planes_;
  at::Tensor globals_;
};

TEST_P(AuxiliaryHeadsOfAGame, ChangeNeitherOtherWeightsNorOtherAnswers) {
  const NamedTensors weights = with_.Snapshot().weights;
  const NamedTensors fewer = without_.Snapshot().weights;
  EXPECT_GT(weights.size(), fewer.size());
  for (const auto& [name, tensor] : weights) {
    const auto found = fewer.find(name);
    EXPECT_EQ(found == fewer.end(), name.starts_with("auxiliary.")) << name;
    if (found != fewer.end()) {
      EXPECT_TRUE(at::equal(tensor, found->second)) << name;
    }
  }
  const at::NoGradGuard no_grad;
  const ModelOutput a = without_.Forward(planes_, globals_);
  const ModelOutput b = with_.Forward(planes_, globals_);
  ExpectEqual(a.policy_logits, b.policy_logits);
  ExpectEqual(a.outcome_logits, b.outcome_logits);
  ExpectEqual(a.value, b.value);
  ExpectEqual(a.score, b.score);
  ExpectEqual(a.ownership_logits, b.ownership_logits);
  EXPECT_FALSE(a.soft_policy_logits.defined());
  const at::IntArrayRef policy = a.policy_logits.sizes();
  EXPECT_EQ(b.soft_policy_logits.sizes(), policy);
  EXPECT_EQ(b.reply_policy_logits.sizes(), policy);
  EXPECT_EQ(b.short_term_logits.sizes(), (at::IntArrayRef{3, kShortTermHorizons}));
  EXPECT_FALSE(at::equal(b.soft_policy_logits, b.reply_policy_logits));
  ASSERT_EQ(b.short_term_score.defined(), config_.area_heads);
  if (!config_.area_heads) return;
  EXPECT_EQ(b.short_term_score.sizes(), (at::IntArrayRef{3, kShortTermHorizons}));
  // 25 points and 20 for komi, of either player.
  EXPECT_EQ(b.score_distribution_logits.sizes(), (at::IntArrayRef{3, 91}));
}

TEST_P(AuxiliaryHeadsOfAGame, AreNotInWhatPlays) {
  const FoldedNet a(without_.Snapshot(), at::kCPU, at::kFloat);
  const FoldedNet b(with_.Snapshot(), at::kCPU, at::kFloat);
  const at::NoGradGuard no_grad;
  const HeadTensors answers = a.Forward(planes_, globals_);
  const HeadTensors others = b.Forward(planes_, globals_);
  ExpectEqual(answers.outputs, others.outputs);
  ExpectEqual(answers.points, others.points);
  ExpectEqual(answers.columns, others.columns);
  if (config_.trunk == Trunk::kAttention) return;  // has no ONNX file
  const BoardShape shape = game_->spec().shape;
  EXPECT_EQ(ExportOnnx(without_.Snapshot(), shape), ExportOnnx(with_.Snapshot(), shape));
}

TEST_P(AuxiliaryHeadsOfAGame, AreNotInEvaluations) {
  const std::unique_ptr<State> state = game_->NewState();
  std::vector<Action> legal;
  state->LegalActions(legal);
  const auto ask = [&](const Model& model, std::vector<float>& prior) {
    NetEvaluator evaluator(model.Snapshot(), {});
    Evaluation evaluation;
    evaluation.state = state.get();
    evaluation.legal = legal;
    evaluation.prior = prior;
    evaluator.Evaluate({&evaluation, 1});
    return evaluation.value;
  };
  std::vector<float> prior(legal.size());
  std::vector<float> other(legal.size());
  EXPECT_EQ(ask(without_, prior), ask(with_, other));
  EXPECT_EQ(prior, other);
  EXPECT_GT(prior.front(), 0.0F);
}

INSTANTIATE_TEST_SUITE_P(Games, AuxiliaryHeadsOfAGame,
                         ::testing::Values(GameAndTrunk{"go:size=5"}, GameAndTrunk{"connect4"},
                                           GameAndTrunk{"tictactoe"},
                                           GameAndTrunk{"go:size=5", Trunk::kBottleneck},
                                           GameAndTrunk{"go:size=5", Trunk::kAttention}));

TEST(AuxiliaryHeads, ADensePolicyHasADenseSoftPolicy) {
  ModelConfig config = ModelConfigFor((*MakeGame("cartpole"))->spec(), 8, 1);
  config.auxiliary.soft_policy = true;
  const Model model(config, 1);
  const ModelOutput output = model.Forward(at::rand({3, config.planes, 1, 1}), at::rand({3, 4}));
  EXPECT_EQ(output.soft_policy_logits.sizes(), (at::IntArrayRef{3, 2}));
}

TEST(AuxiliaryHeads, OfTwoPlayersAreRefusedForOne) {
  ModelConfig config = ModelConfigFor((*MakeGame("cartpole"))->spec(), 8, 1);
  config.auxiliary.reply_policy = true;
  EXPECT_THAT(CheckModelConfig(config).error(),
              HasSubstr("auxiliary head reply_policy of a network for one player"));
}

TEST(AuxiliaryHeads, OfScoresAreRefusedWhereThereIsNone) {
  ModelConfig config = ModelConfigFor((*MakeGame("connect4"))->spec(), 8, 1);
  config.auxiliary.score_distribution = true;
  EXPECT_THAT(CheckModelConfig(config).error(),
              HasSubstr("auxiliary head score_distribution of a network without a score"));
}

TEST(AuxiliaryHeads, AreInTheJsonWhereThereAreAny) {
  ModelConfig config = ModelConfigFor((*MakeGame("go:size=5"))->spec(), 8, 1);
  EXPECT_FALSE(ModelConfigToJson(config).contains("auxiliary"));
  config.auxiliary.short_term = true;
  config.auxiliary.soft_policy = true;
  nlohmann::json json = ModelConfigToJson(config);
  EXPECT_EQ(json["auxiliary"], nlohmann::json::array({"soft_policy", "short_term"}));
  const auto read = ModelConfigFromJson(json);
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(*read, config);
  json["auxiliary"] = nlohmann::json::array({"soft"});
  EXPECT_THAT(ModelConfigFromJson(json).error(),
              HasSubstr("auxiliary is 'soft', which is not known"));
}

TEST(WithAuxiliaryHeads, KeepsWhatThereIsAndDrawsTheRest) {
  ModelConfig config = ModelConfigFor((*MakeGame("go:size=5"))->spec(), 8, 1);
  config.auxiliary.soft_policy = true;
  const ModelSnapshot soft = RandomModel(config, 1).Snapshot(9);
  const ModelSnapshot all = WithAuxiliaryHeads(soft, kAll, 3);
  EXPECT_EQ(all.step, 9);
  EXPECT_EQ(all.config, WithAll(config));
  Model model(all.config, 0);
  ASSERT_TRUE(model.Load(all.weights).ok());
  for (const auto& [name, tensor] : soft.weights) {
    EXPECT_TRUE(at::equal(tensor, all.weights.at(name))) << name;
  }
  EXPECT_TRUE(
      at::equal(all.weights.at("auxiliary.short_term.weight"),
                Model(WithAll(config), 3).Snapshot().weights.at("auxiliary.short_term.weight")));
  const ModelSnapshot none = WithAuxiliaryHeads(all, {}, 3);
  EXPECT_EQ(none.weights.count("auxiliary.soft_policy.points.weight"), 0U);
  EXPECT_TRUE(at::equal(none.weights.at("hidden.bias"), soft.weights.at("hidden.bias")));
}

}  // namespace
}  // namespace tengen

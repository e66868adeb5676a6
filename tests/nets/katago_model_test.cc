// The forward pass of KataGo's networks and what becomes of its outputs.

#include "nets/katago_model.h"

#include <array>
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nets/katago_values.h"
#include "nets/torch_compat.h"
#include "tests/nets/katago_support.h"
#include "tests/nets/random_katago_file.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using Arithmetic = KataGoModel::Arithmetic;

const std::filesystem::path kGolden = Golden("katago");

KataGoNetwork RandomNetwork(int version) {
  return ParseKataGoNetwork(RandomKataGoFile(version, WeightFormat::kBinary, 3), "random").value();
}

// Of a move on an empty board of 5x5, all inputs being 1.
double Logit(const KataGoNetwork& network, int move, double optimism) {
  const KataGoModel model(network, Device::kCpu, Arithmetic::kFloat64, optimism);
  const at::InferenceMode inference;
  const KataGoOutput output = model.Forward(at::ones({1, 22, 5, 5}), at::ones({1, 19}));
  return output.policy[0][move].item<double>();
}

GoSetup Board(int rows, int columns) {
  GoSetup setup;
  setup.shape = {rows, columns};
  return setup;
}

TEST(KataGoModelTest, AnswersAsKataGoDoesWithTheSmallNetwork) {
  const auto network = LoadKataGoNetwork(kGolden / "tiny-b1c6nbt-mish.bin.gz");
  ASSERT_TRUE(network.ok()) << network.error();
  std::ifstream file(kGolden / "tiny-b1c6nbt-mish.json");
  ExpectTinyCase(nlohmann::json::parse(file), *network);
}

TEST(KataGoModelTest, Float32IsWithin1e5OfFloat64) {
  for (const int version : {8, 10, 14, 15, 16, 17}) {
    const KataGoNetwork network = RandomNetwork(version);
    KataGoPosition position(Board(9, 9));
    position.Play({"C3", "G7", "pass", "D4", "E5"});
    const KataGoEvaluator single(network, OnCpuWith(Arithmetic::kFloat32));
    const KataGoEvaluator exact(network, OnCpuWith(Arithmetic::kFloat64));
    EXPECT_LT(LargestDifference(single.Answer(position.state(), Symmetry()),
                                exact.Answer(position.state(), Symmetry())),
              1e-5)
        << version;
  }
}

// A mirrored board must give mirrored answers only if the weights were symmetric; turning the board
// and the input alike must give the very same ones.
TEST(KataGoModelTest, TurnedAnswersAreTurnedBack) {
  const KataGoNetwork network = RandomNetwork(8);
  const KataGoEvaluator evaluator(network, OnCpuWith(Arithmetic::kFloat64));
  KataGoPosition position(Board(7, 10));
  position.Play({"B2", "J5"});
  KataGoPosition mirrored(Board(7, 10));  // K is the last column: B <-> J
  mirrored.Play({"J2", "B5"});
  const KataGoAnswer turned = evaluator.Answer(position.state(), Symmetry(Symmetry::kFlipColumns));
  const KataGoAnswer plain = evaluator.Answer(mirrored.state(), Symmetry());
  EXPECT_NEAR(turned.values.win, plain.values.win, 1e-12);
  for (int p = 0; p < 70; ++p) {
    const auto mirror = static_cast<std::size_t>(Symmetry(Symmetry::kFlipColumns).Map({7, 10}, p));
    EXPECT_FLOAT_EQ(turned.policy[static_cast<std::size_t>(p)], plain.policy[mirror]) << p;
    EXPECT_FLOAT_EQ(turned.ownership[static_cast<std::size_t>(p)], plain.ownership[mirror]) << p;
  }
}

TEST(KataGoModelTest, EveryLastNormOfTheTrunkIsUsed) {
  KataGoPosition position(Board(9, 9));
  position.Play({"C3", "G7"});
  const auto answer = [&position](RandomKataGoParts::LastNorm last_norm) {
    RandomKataGoParts parts;
    parts.last_norm = last_norm;
    const auto network =
        ParseKataGoNetwork(RandomKataGoFile(17, WeightFormat::kBinary, 3, parts), "random").value();
    return KataGoEvaluator(network, OnCpuWith(Arithmetic::kFloat64))
        .Answer(position.state(), Symmetry());
  };
  const KataGoAnswer batch = answer(RandomKataGoParts::LastNorm::kBatch);
  const KataGoAnswer point = answer(RandomKataGoParts::LastNorm::kPointRms);
  const KataGoAnswer board = answer(RandomKataGoParts::LastNorm::kBoardRms);
  EXPECT_GT(LargestDifference(batch, point), 1e-3);
  EXPECT_GT(LargestDifference(point, board), 1e-3);
}

// The pass's hidden layer, with weights that make it a constant: with all of its own at 0 and the
// identity behind it, the logit is the sum of bias times the last matrix.
TEST(KataGoModelTest, ThePassHasAHiddenLayerFromVersion15) {
  KataGoNetwork network = RandomNetwork(15);
  KataGoPolicyHead& head = network.policy;
  head.pass_hidden.weights.assign(head.pass_hidden.weights.size(), 0.0F);
  head.pass_hidden_bias = {1.0F, 2.0F, -3.0F, 0.5F, 0.0F};
  head.pass_activation = KataGoActivation::kRelu;
  head.pass_out.weights = {1.0F, 9.0F, 0.25F, 9.0F, 5.0F, 9.0F, 4.0F, 9.0F, 7.0F, 9.0F};
  // 1 * 1 + 2 * 0.25 + 0 + 0.5 * 4 + 0.
  EXPECT_NEAR(Logit(network, 25, 0.0), 3.5, 1e-12);
  // The second column is the optimistic policy's: 9 (1 + 2 + 0.5) = 31.5.
  EXPECT_NEAR(Logit(network, 25, 1.0), 31.5, 1e-12);
  EXPECT_NEAR(Logit(network, 25, 0.25), 3.5 + 0.25 * 28.0, 1e-12);
}

TEST(KataGoModelTest, OptimismMixesTheLogitsOfBothPoliciesEverywhere) {
  for (const int version : {12, 16}) {
    const KataGoNetwork network = RandomNetwork(version);
    for (const int move : {0, 7, 25}) {
      const double plain = Logit(network, move, 0.0);
      const double optimistic = Logit(network, move, 1.0);
      EXPECT_GT(std::abs(plain - optimistic), 1e-3) << version << ", move " << move;
      EXPECT_NEAR(Logit(network, move, KataGoModel::kUsualOptimism),
                  plain + 0.2 * (optimistic - plain), 1e-6)
          << version << ", move " << move;
    }
  }
  EXPECT_EQ(Logit(RandomNetwork(11), 7, 0.0), Logit(RandomNetwork(11), 7, 1.0));
}

// Hand-computed: logits ln 6, ln 3, ln 1 give 0.6, 0.3, 0.1; softplus(ln(e - 1)) = 1.
constexpr double kSoftplusOne = 0.541324854612918;

TEST(KataGoValuesTest, NoResultTakesItsShareWherePossible) {
  const std::array<double, 3> outcome = {std::log(6.0), std::log(3.0), 0.0};
  const std::array<double, 4> scores = {0.5, kSoftplusOne, -0.25, 0.0};
  const KataGoValues v = ScaleKataGoValues(8, {}, outcome, scores, NoResult::kPossible);
  EXPECT_NEAR(v.win, 0.6, 1e-12);
  EXPECT_NEAR(v.loss, 0.3, 1e-12);
  EXPECT_NEAR(v.no_result, 0.1, 1e-12);
  EXPECT_NEAR(v.score_mean, 0.9 * 10.0, 1e-12);
  EXPECT_NEAR(v.score_mean_square, 0.9 * (100.0 + 400.0), 1e-9);
  EXPECT_NEAR(v.lead, 0.9 * -5.0, 1e-12);
  EXPECT_EQ(v.variance_time, -1.0);
}

TEST(KataGoValuesTest, NoResultIsLeftOutWhereImpossible) {
  const std::array<double, 3> outcome = {std::log(6.0), std::log(3.0), 50.0};
  const std::array<double, 4> scores = {0.5, 0.0, -0.25, 0.0};
  const KataGoValues v = ScaleKataGoValues(8, {}, outcome, scores, NoResult::kImpossible);
  EXPECT_NEAR(v.win, 2.0 / 3.0, 1e-12);
  EXPECT_EQ(v.no_result, 0.0);
  EXPECT_NEAR(v.lead, -5.0, 1e-12);
}

TEST(KataGoValuesTest, ShortTermErrorsFollowTheVersion) {
  const std::array<double, 3> outcome = {0.0, 0.0, 0.0};
  const std::array<double, 6> scores = {0, 0, 0, kSoftplusOne, 2 * kSoftplusOne, kSoftplusOne};
  const auto values = [&](int version) {
    return ScaleKataGoValues(version, {}, outcome, scores, NoResult::kImpossible);
  };
  EXPECT_NEAR(values(9).variance_time, 40.0, 1e-12);
  EXPECT_NEAR(values(9).score_error, 10.0, 1e-12);
  EXPECT_NEAR(values(10).score_error, std::sqrt(30.0), 1e-12);
  EXPECT_NEAR(values(14).value_error, 0.5, 1e-12);  // sqrt(1 * 1 * 0.25)
}

}  // namespace
}  // namespace tengen

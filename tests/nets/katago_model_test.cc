// The forward pass of KataGo's networks and what becomes of its outputs.

#include "nets/katago_model.h"

#include <array>
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nets/katago_values.h"
#include "tests/nets/katago_support.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using Arithmetic = KataGoModel::Arithmetic;

const std::filesystem::path kGolden = Golden("katago");

KataGoNetwork RandomNetwork(int version) {
  return ParseKataGoNetwork(RandomKataGoFile(version, WeightFormat::kBinary, 3), "random").value();
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
  for (const int version : {8, 10, 14}) {
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

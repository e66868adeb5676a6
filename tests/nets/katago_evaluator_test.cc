// KataGo's networks as evaluators of a search.

#include "nets/katago_evaluator.h"

#include <numeric>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/nets/katago_support.h"
#include "tests/nets/random_katago_file.h"
#include "tests/support/evaluation_request.h"

namespace tengen {
namespace {

KataGoNetwork SmallNetwork() {
  return ParseKataGoNetwork(RandomKataGoFile(14, WeightFormat::kBinary, 5), "random").value();
}

TEST(KataGoEvaluatorTest, PriorCoversTheLegalMovesAndSumsToOne) {
  KataGoEvaluator evaluator(SmallNetwork(), OnCpuWith(KataGoModel::Arithmetic::kFloat32));
  KataGoPosition position(GoSetup{});
  position.Play({"E5", "D5"});
  EvaluationRequest request(position.state());
  request.Ask(evaluator);
  EXPECT_EQ(request.prior.size(), 80U);
  EXPECT_NEAR(std::accumulate(request.prior.begin(), request.prior.end(), 0.0), 1.0, 1e-5);
}

TEST(KataGoEvaluatorTest, ValueIsWinMinusLossAndScoreTheLead) {
  KataGoEvaluator evaluator(SmallNetwork(), OnCpuWith(KataGoModel::Arithmetic::kFloat32));
  KataGoPosition position(GoSetup{});
  EvaluationRequest request(position.state());
  request.Ask(evaluator);
  const KataGoAnswer answer = evaluator.Answer(position.state(), Symmetry());
  EXPECT_FLOAT_EQ(request.value(), static_cast<float>(answer.values.win - answer.values.loss));
  EXPECT_FLOAT_EQ(request.evaluation.score, static_cast<float>(answer.values.lead));
}

TEST(KataGoEvaluatorTest, DetailsAreGivenWhereAskedFor) {
  KataGoEvaluator evaluator(SmallNetwork(), OnCpuWith(KataGoModel::Arithmetic::kFloat32));
  GoSetup setup;
  setup.rules = Rules::Parse("japanese").value();
  KataGoPosition position(setup);
  EvaluationRequest request(position.state());
  EvaluationDetails details;
  request.evaluation.details = &details;
  request.Ask(evaluator);
  const KataGoValues values = evaluator.Answer(position.state(), Symmetry()).values;
  EXPECT_TRUE(details.given);
  EXPECT_GT(details.no_result, 0.0F);
  EXPECT_FLOAT_EQ(details.no_result, static_cast<float>(values.no_result));
  EXPECT_FLOAT_EQ(details.score_mean, static_cast<float>(values.score_mean));
  // Variance = mean of squares - square of the mean.
  EXPECT_NEAR(
      details.score_deviation * details.score_deviation + details.score_mean * details.score_mean,
      values.score_mean_square, 1e-4 * values.score_mean_square);
  EXPECT_FLOAT_EQ(details.variance_time, static_cast<float>(values.variance_time));
  EXPECT_FLOAT_EQ(details.value_error, static_cast<float>(values.value_error));
  EXPECT_FLOAT_EQ(details.score_error, static_cast<float>(values.score_error));
}

TEST(KataGoEvaluatorTest, ABatchGivesWhatSinglePositionsGive) {
  KataGoEvaluator evaluator(SmallNetwork(), OnCpuWith(KataGoModel::Arithmetic::kFloat32));
  KataGoPosition first(GoSetup{});
  KataGoPosition second(GoSetup{});
  second.Play({"C3", "pass", "G4"});
  EvaluationRequest alone(second.state());
  alone.Ask(evaluator);
  EvaluationRequest a(first.state());
  EvaluationRequest b(second.state());
  std::vector<float> ownership(81);
  b.evaluation.ownership = ownership;
  Evaluation batch[] = {a.evaluation, b.evaluation};
  evaluator.Evaluate(batch);
  EXPECT_NEAR(batch[1].value, alone.value(), 1e-5);
  for (std::size_t i = 0; i < b.prior.size(); ++i) EXPECT_NEAR(b.prior[i], alone.prior[i], 1e-5);
  const KataGoAnswer answer = evaluator.Answer(second.state(), Symmetry());
  for (std::size_t p = 0; p < 81; ++p) EXPECT_NEAR(ownership[p], answer.ownership[p], 1e-5);
}

TEST(KataGoEvaluatorTest, RandomSymmetryFollowsTheRequestsRandomness) {
  KataGoEvaluator evaluator(SmallNetwork(), {});
  KataGoPosition position(GoSetup{});
  position.Play({"C3", "G4"});
  EvaluationRequest a(position.state(), 17);
  EvaluationRequest same(position.state(), 17);
  a.Ask(evaluator);
  same.Ask(evaluator);
  EXPECT_EQ(a.prior, same.prior);
}

TEST(KataGoEvaluatorTest, PlaysSmallBoardsAndRectangles) {
  KataGoEvaluator evaluator(SmallNetwork(), {});
  GoSetup setup;
  setup.shape = {3, 7};
  KataGoPosition position(setup);
  EvaluationRequest request(position.state(), 3);
  request.Ask(evaluator);
  EXPECT_EQ(request.prior.size(), 22U);
}

TEST(KataGoEvaluatorTest, AProfileIsToldToNetworksThatImitatePeople) {
  RandomKataGoParts parts;
  parts.metadata = true;
  const KataGoNetwork network =
      ParseKataGoNetwork(RandomKataGoFile(15, WeightFormat::kBinary, 5, parts), "random").value();
  KataGoEvaluatorOptions options = OnCpuWith(KataGoModel::Arithmetic::kFloat64);
  KataGoPosition position(GoSetup{});
  position.Play({"E5"});
  const auto answer = [&](const char* profile) {
    options.profile.reset();
    if (profile != nullptr) options.profile = KataGoProfile::Parse(profile).value();
    const KataGoEvaluator evaluator(network, options);
    EXPECT_TRUE(evaluator.takes_profile());
    return evaluator.Answer(position.state(), Symmetry());
  };
  const KataGoAnswer none = answer(nullptr);
  const KataGoAnswer weak = answer("rank_20k");
  EXPECT_GT(LargestDifference(none, weak), 1e-4);
  EXPECT_GT(LargestDifference(answer("rank_9d"), weak), 1e-4);
  // White is to move: a rank that only Black has is the opponent's.
  EXPECT_GT(LargestDifference(answer("rank_9d_20k"), answer("rank_20k_9d")), 1e-4);
  EXPECT_EQ(LargestDifference(answer("rank_20k_20k"), weak), 0.0);
}

// Nothing known is a row of zeros: with the encoder's last matrix at zero it says nothing at all,
// with its biases only what follows from them.
TEST(KataGoEvaluatorTest, WithoutAProfileTheMetadataAreZeros) {
  RandomKataGoParts parts;
  parts.metadata = true;
  const KataGoNetwork network =
      ParseKataGoNetwork(RandomKataGoFile(15, WeightFormat::kBinary, 5, parts), "random").value();
  KataGoNetwork unread = network;  // what the first matrix makes of a row does not matter
  unread.metadata->first.weights.assign(unread.metadata->first.weights.size(), 0.0F);
  KataGoNetwork silent = network;
  silent.metadata->last.weights.assign(silent.metadata->last.weights.size(), 0.0F);
  KataGoPosition position(GoSetup{});
  const KataGoEvaluatorOptions options = OnCpuWith(KataGoModel::Arithmetic::kFloat64);
  const KataGoAnswer answer =
      KataGoEvaluator(network, options).Answer(position.state(), Symmetry());
  EXPECT_LT(LargestDifference(
                answer, KataGoEvaluator(unread, options).Answer(position.state(), Symmetry())),
            1e-12);
  EXPECT_GT(LargestDifference(
                answer, KataGoEvaluator(silent, options).Answer(position.state(), Symmetry())),
            1e-4);
}

TEST(KataGoEvaluatorTest, AProfileForAnotherNetworkIsABug) {
  KataGoEvaluatorOptions options;
  options.profile = KataGoProfile::Parse("rank_5k").value();
  EXPECT_THROW(KataGoEvaluator(SmallNetwork(), options), BugError);
}

TEST(KataGoEvaluatorTest, AnotherGameIsABug) {
  KataGoEvaluator evaluator(SmallNetwork(), {});
  const auto game = MakeGame("tictactoe").value();
  const auto state = game->NewState();
  EvaluationRequest request(*state);
  EXPECT_THROW(request.Ask(evaluator), BugError);
}

}  // namespace
}  // namespace tengen

// KataGo's networks as evaluators of a search.

#include "nets/katago_evaluator.h"

#include <numeric>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/nets/katago_support.h"
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

TEST(KataGoEvaluatorTest, AnotherGameIsABug) {
  KataGoEvaluator evaluator(SmallNetwork(), {});
  const auto game = MakeGame("tictactoe").value();
  const auto state = game->NewState();
  EvaluationRequest request(*state);
  EXPECT_THROW(request.Ask(evaluator), BugError);
}

}  // namespace
}  // namespace tengen

#include "search/symmetry_evaluator.h"

#include <cmath>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "envs/go/go_game.h"

namespace tengen {
namespace {

// Says which symmetry it was asked in: the value is its index, the prior of the first move too.
class TellsSymmetry : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const Symmetry symmetry = evaluation.state->game().spec().symmetries.Pick(evaluation.random);
      const auto index = static_cast<float>(symmetry.index());
      seen_.insert(symmetry.index());
      evaluation.value = index;
      evaluation.score = 2.0F * index;
      for (float& prior : evaluation.prior) prior = index;
      for (float& owner : evaluation.ownership) owner = -index;
      if (evaluation.details == nullptr) continue;
      evaluation.details->given = true;
      evaluation.details->score_mean = index;
      evaluation.details->score_deviation = 1.0F;
    }
    return 0;
  }
  void Wait(Ticket) override {}
  std::set<int> seen_;
};

std::shared_ptr<const GoGame> GameOf(BoardShape shape) {
  GoSetup setup;
  setup.shape = shape;
  return GoGame::Make(std::move(setup)).value();
}

struct Asked {
  explicit Asked(const GoGame& game) : state(game.NewState()) {
    state->LegalActions(legal);
    prior.resize(legal.size());
    ownership.resize(static_cast<std::size_t>(game.spec().shape.points()));
    evaluation.state = state.get();
    evaluation.legal = legal;
    evaluation.random = ~std::uint64_t{0};
    evaluation.prior = prior;
    evaluation.ownership = ownership;
    evaluation.details = &details;
  }
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior;
  std::vector<float> ownership;
  EvaluationDetails details;
  Evaluation evaluation;
};

TEST(SymmetryEvaluatorTest, IdentityAndRandom) {
  const auto game = GameOf({5, 5});
  const auto inner = std::make_shared<TellsSymmetry>();
  Asked asked(*game);
  SymmetryEvaluator(inner, EvaluatedSymmetry::kRandom).Evaluate({&asked.evaluation, 1});
  EXPECT_EQ(asked.evaluation.value, 7.0F) << "the last one, as drawn";
  SymmetryEvaluator(inner, EvaluatedSymmetry::kIdentity).Evaluate({&asked.evaluation, 1});
  EXPECT_EQ(asked.evaluation.value, 0.0F);
}

TEST(SymmetryEvaluatorTest, TheAverageIsOverAllOfTheGames) {
  for (const BoardShape shape : {BoardShape{5, 5}, BoardShape{3, 4}}) {
    const auto game = GameOf(shape);
    const int count = game->spec().symmetries.size();
    const auto inner = std::make_shared<TellsSymmetry>();
    Asked asked(*game);
    SymmetryEvaluator(inner, EvaluatedSymmetry::kAverage).Evaluate({&asked.evaluation, 1});
    EXPECT_EQ(static_cast<int>(inner->seen_.size()), count);
    // Indices 0 to count - 1: their mean, and their variance over the deviation of each.
    const float mean = 0.5F * static_cast<float>(count - 1);
    EXPECT_FLOAT_EQ(asked.evaluation.value, mean);
    EXPECT_FLOAT_EQ(asked.evaluation.score, 2.0F * mean);
    EXPECT_FLOAT_EQ(asked.prior[3], mean);
    EXPECT_FLOAT_EQ(asked.ownership[2], -mean);
    EXPECT_TRUE(asked.details.given);
    EXPECT_FLOAT_EQ(asked.details.score_mean, mean);
    const float variance = 1.0F + static_cast<float>(count * count - 1) / 12.0F;
    EXPECT_NEAR(asked.details.score_deviation, std::sqrt(variance), 1e-5);
  }
}

}  // namespace
}  // namespace tengen

#include "agents/alphago/reinforce_decisions.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/alphago/policy_games.h"
#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::Pointwise;

std::shared_ptr<const GoGame> MakeGo(const std::string& id) {
  return std::dynamic_pointer_cast<const GoGame>(MakeGame(id).value());
}

// Games 0, 1, ..., count - 1; Black learns in the even ones.
std::vector<ReinforceGame> UniformGames(const GoGame& game, int count) {
  UniformEvaluator uniform;
  return PlayPolicyGames(game, uniform, uniform,
                         {.seed = 1, .role = RngRole::kTest, .count = count});
}

TEST(LearnerDecisions, AreThePliesOfTheLearner) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const auto games = UniformGames(*game, 2);
  const auto decisions = LearnerDecisions(*game, games);
  ASSERT_GT(decisions.size(), 4U);
  EXPECT_EQ(decisions[0].game, 0U);  // Black learns
  EXPECT_EQ(decisions[0].ply, 0);
  EXPECT_EQ(decisions[1].ply, 2);
  const auto second = std::find_if(decisions.begin(), decisions.end(),
                                   [](const ReinforceDecision& d) { return d.game == 1; });
  ASSERT_NE(second, decisions.end());  // White learns
  EXPECT_EQ(second->ply, 1);
  for (const ReinforceDecision& d : decisions) {
    EXPECT_EQ(d.ply % 2, static_cast<int>(d.game));
    EXPECT_NE(games[d.game].moves[static_cast<std::size_t>(d.ply)], game->pass());
  }
}

// Says 0.1 per ply of Black to move, -0.2 per ply of White.
class PlyValues final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const bool black = evaluation.state->ToMove() == Player::kFirst;
      evaluation.value = (black ? 0.1F : -0.2F) * static_cast<float>(evaluation.state->Ply());
    }
    return 0;
  }
  void Wait(Ticket) override {}
};

// By hand. Black learns in the first game and won (z = 1): at plies 0 and 2 v = 0 and 0.2, and so
// z - v = 1 and 0.8. White learns in the second and lost (z = -1): at plies 1 and 3 v = -0.2 and
// -0.6, so z - v = -0.8 and -0.4. In the third it is a draw: 0 - 0.2 at ply 2.
TEST(AdvantagesOverValue, AreResultsWithoutTheValueOfEachPosition) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const std::vector<Action> moves = {0, 8, 2, 6};
  const std::vector<ReinforceGame> games = {{moves, Player::kFirst, 1.0F},
                                            {moves, Player::kSecond, -1.0F},
                                            {moves, Player::kFirst, 0.0F}};
  const std::vector<ReinforceDecision> decisions = {{0, 0}, {0, 2}, {1, 1}, {1, 3}, {2, 2}};
  const std::vector<float> wanted = {1.0F, 0.8F, -0.8F, -0.4F, -0.2F};
  PlyValues values;
  for (const int threads : {1, 2, 5}) {
    EXPECT_THAT(AdvantagesOverValue(*game, games, decisions, values, threads),
                Pointwise(FloatEq(), wanted));
  }
}

// More positions than one batch has.
TEST(AdvantagesOverValue, AreOfEachDecisionInItsOrder) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const auto games = UniformGames(*game, 40);
  const auto decisions = LearnerDecisions(*game, games);
  ASSERT_GT(decisions.size(), 150U);
  std::vector<float> wanted;
  for (const ReinforceDecision& d : decisions) {
    const bool black = games[d.game].learner == Player::kFirst;
    wanted.push_back(games[d.game].z - (black ? 0.1F : -0.2F) * static_cast<float>(d.ply));
  }
  PlyValues values;
  EXPECT_THAT(AdvantagesOverValue(*game, games, decisions, values),
              Pointwise(FloatNear(1e-6F), wanted));
}

}  // namespace
}  // namespace tengen

// Control tasks as games of one player: the same dynamics as the environments, which are checked
// against stored steps of Gymnasium.

#include "envs/control/control_game.h"

#include <iomanip>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/env_registry.h"
#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::vector<float> Observation(const State& state, int size) {
  std::vector<float> out(static_cast<std::size_t>(size));
  static_cast<const ControlState&>(state).Observe(out);
  return out;
}

class ControlGameTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ControlGameTest, StepsAsTheEnvironmentDoes) {
  for (std::uint64_t start = 0; start < 20; ++start) {
    const auto game = *MakeGame(StrCat(GetParam(), ":start=", start));
    const auto state = game->NewState();
    const auto env = *MakeEnv(GetParam());
    const int size = env->spec().observation_size();
    Rng reset(start, RngRole::kEnvironment);
    Rng rng(start, RngRole::kTest);
    env->Reset(reset);
    double sum = 0.0;
    for (StepOutcome outcome; !outcome.ended();) {
      ASSERT_FALSE(IsOver(*state));
      std::vector<float> seen(static_cast<std::size_t>(size));
      env->Observe(seen);
      ASSERT_EQ(Observation(*state, size), seen);
      const auto action =
          static_cast<Action>(rng.Below(static_cast<std::uint32_t>(game->spec().num_actions)));
      outcome = env->Step(action, rng);
      state->Apply(action);
      sum += outcome.reward;
      ASSERT_EQ(state->Reward(), outcome.reward);
      ASSERT_EQ(state->Return(Player::kFirst), sum);
      ASSERT_EQ(state->IsTerminal(), outcome.terminated);
      ASSERT_EQ(IsOver(*state), outcome.ended()) << "at step " << state->Ply();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tasks, ControlGameTest,
                         ::testing::Values("cartpole", "mountain_car", "acrobot"),
                         [](const auto& test) { return test.param; });

TEST(ControlGame, GoesOnBehindItsTimeLimit) {
  const auto game = *MakeGame("mountain_car:limit=3");
  const auto state = game->NewState();
  for (int i = 0; i < 3; ++i) state->Apply(1);
  EXPECT_TRUE(IsOver(*state));
  EXPECT_FALSE(state->IsTerminal());
  ASSERT_TRUE(state->IsLegal(0));
  state->Apply(0);
  EXPECT_EQ(state->Ply(), 4);
  EXPECT_EQ(state->Return(Player::kFirst), -4.0);
}

TEST(ControlGame, NamesItsStart) {
  const auto game = *MakeGame("cartpole:limit=100,discount=0.9");
  const auto drawn = game->WithStart(17);
  EXPECT_EQ(drawn->spec().id, "cartpole:start=17,limit=100,discount=0.9");
  EXPECT_EQ(drawn->spec().discount, 0.9);
  const auto again = *MakeGame(drawn->spec().id);
  EXPECT_EQ(Observation(*again->NewState(), 4), Observation(*drawn->NewState(), 4));
  EXPECT_NE(Observation(*game->NewState(), 4), Observation(*drawn->NewState(), 4));
  EXPECT_EQ((*MakeGame("tictactoe"))->WithStart(17), nullptr);
}

TEST(ControlGame, ItsIdHasEveryDigitOfTheDiscount) {
  for (const double discount : {0.123456789, 1.0 / 3.0, 5e-324, 0.0, 1.0}) {
    const auto game = *MakeGame(StrCat("acrobot:discount=", std::setprecision(17), discount));
    EXPECT_EQ((*MakeGame(game->spec().id))->spec().discount, discount) << game->spec().id;
  }
}

TEST(ControlGame, BadOptionsSayWhatIsWanted) {
  EXPECT_THAT(MakeGame("cartpole:limit=0").error(), HasSubstr("wanted a whole number from 1"));
  EXPECT_THAT(MakeGame("acrobot:discount=1.5").error(), HasSubstr("from 0 to 1"));
  EXPECT_THAT(MakeGame("cartpole:start=-1").error(), HasSubstr("start=-1"));
  EXPECT_THAT(MakeGame("pendulum").error(), HasSubstr("unknown game"));
}

}  // namespace
}  // namespace tengen

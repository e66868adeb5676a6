// A control task step by step: pushes, ends, what is shown; and in real time in a thread.

#include "experiments/viewer/control/control_session.h"

#include <chrono>
#include <cmath>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/control/cartpole.h"
#include "envs/registry/env_registry.h"
#include "experiments/viewer/control/control_runner.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EnvSpec SpecOf(const char* id) { return MakeEnv(id).value()->spec(); }

TEST(ControlTaskTest, ThereIsOneOfEveryEnvironment) {
  ASSERT_EQ(ControlTasks().size(), RegisteredEnvs().size());
  for (std::size_t i = 0; i < ControlTasks().size(); ++i) {
    const EnvSpec spec = RegisteredEnvs()[i].spec();
    const ControlTask& task = ControlTasks()[i];
    EXPECT_EQ(task.name, spec.name);
    const int names = spec.action.discrete() ? spec.action.num_actions : spec.action.size();
    EXPECT_EQ(static_cast<int>(task.actions.size()), names) << task.name;
    EXPECT_EQ(static_cast<int>(spec.observation_names.size()), spec.observation_size());
  }
  EXPECT_EQ(FindControlTask("CartPole-v1:limit=7")->name, "cartpole");
  EXPECT_EQ(FindControlTask("go9"), nullptr);
}

TEST(ControlTaskTest, KeysPushTheWayTheyPoint) {
  const EnvSpec cart = SpecOf("cartpole");
  EXPECT_EQ(HandAction(cart, Push::kLeft, 1.0, 0).index, 0);
  EXPECT_EQ(HandAction(cart, Push::kRight, 1.0, 0).index, 1);
  EXPECT_EQ(HandAction(cart, Push::kNone, 1.0, 4).index, 0) << "in turns";
  EXPECT_EQ(HandAction(cart, Push::kNone, 1.0, 5).index, 1);
  const EnvSpec car = SpecOf("mountain_car");
  EXPECT_EQ(HandAction(car, Push::kNone, 1.0, 5).index, 1);
  EXPECT_EQ(HandAction(car, Push::kRight, 1.0, 5).index, 2);
  const EnvSpec throttle = SpecOf("mountain_car_continuous");
  EXPECT_THAT(HandAction(throttle, Push::kRight, 0.5, 0).values, ElementsAre(0.5F));
  // Counterclockwise is the positive torque.
  const EnvSpec pendulum = SpecOf("pendulum");
  EXPECT_THAT(HandAction(pendulum, Push::kLeft, 0.25, 0).values, ElementsAre(0.5F));
  EXPECT_THAT(HandAction(pendulum, Push::kRight, 1.0, 0).values, ElementsAre(-2.0F));
  EXPECT_EQ(HandAction(SpecOf("acrobot"), Push::kLeft, 1.0, 0).index, 2);
}

TEST(ControlTaskTest, TellsTheShareOfTheLargestPush) {
  const ActionSpace cart = SpecOf("cartpole").action;
  EXPECT_EQ(PushShare(cart, {0, {}}), -1.0F);
  EXPECT_EQ(PushShare(cart, {1, {}}), 1.0F);
  EXPECT_EQ(PushShare(SpecOf("acrobot").action, {1, {}}), 0.0F);
  const ActionSpace pendulum = SpecOf("pendulum").action;
  EXPECT_EQ(PushShare(pendulum, {0, {-1.0F}}), -0.5F);
  EXPECT_EQ(PushShare(pendulum, {0, {9.0F}}), 1.0F);
}

TEST(ControlTaskTest, FindsStatesBetweenAlsoAcrossHalfATurn) {
  const std::vector<double> from = {3.0, -1.0, 0.0, 2.0, 7.0};
  const std::vector<double> to = {-3.0, 1.0, 1.0, 4.0, 8.0};
  const std::vector<double> between = StateBetween(*FindControlTask("acrobot"), from, to, 0.25);
  // From 3 on over pi to -3: 0.283 in all.
  EXPECT_NEAR(between[0], 3.0 + 0.25 * 0.2831853 - 2.0 * 3.14159265, 1e-6);
  EXPECT_DOUBLE_EQ(between[1], -0.5);
  EXPECT_DOUBLE_EQ(between[3], 2.5);
  EXPECT_EQ(StateBetween(*FindControlTask("pendulum"), from, to, 1.0), to);
  EXPECT_DOUBLE_EQ(StateBetween(*FindControlTask("pendulum"), from, to, 0.5)[0], 0.0)
      << "the pendulum's angle is not wrapped";
}

TEST(ControlSessionTest, PushesUntilTheCartLeavesTheTrackOrThePoleFalls) {
  ControlSession session = ControlSession::Make("cartpole").value();
  EXPECT_EQ(session.moment().step, 0);
  EXPECT_EQ(session.moment().previous_state, session.moment().state);
  session.Step(Push::kRight, 1.0);
  EXPECT_TRUE(session.moment().by_hand);
  // One Euler step: the push of 10 N shows in the velocity first.
  EXPECT_GT(session.moment().state[1] - session.moment().previous_state[1], 0.15);
  EXPECT_EQ(session.moment().observation.size(), 4U);
  int steps = 1;
  for (; !session.moment().ended(); ++steps) session.Step(Push::kRight, 1.0);
  const ControlMoment& end = session.moment();
  EXPECT_EQ(end.step, steps);
  EXPECT_EQ(end.total, steps);
  EXPECT_TRUE(end.terminated);
  EXPECT_FALSE(end.truncated);
  EXPECT_EQ(end.ending, "the pole fell");
  EXPECT_LT(end.state[2], -CartPole::kMaxTheta);
  EXPECT_FALSE(end.thought);
  EXPECT_EQ(end.curve.size(), static_cast<std::size_t>(steps));
  ASSERT_EQ(end.episodes.size(), 1U);
  EXPECT_EQ(end.episodes[0].pushes, steps);
  const std::vector<double> state = end.state;
  session.Step(Push::kRight, 1.0);
  EXPECT_EQ(session.moment().state, state) << "nothing goes on after an end";
}

TEST(ControlSessionTest, TellsATimeLimitFromAnEnd) {
  ControlSession session = ControlSession::Make("mountain_car:limit=3").value();
  for (int i = 0; i < 3; ++i) session.Step(Push::kNone, 1.0);
  EXPECT_FALSE(session.moment().terminated);
  EXPECT_TRUE(session.moment().truncated);
  EXPECT_EQ(session.moment().ending, "");
  ASSERT_EQ(session.moment().episodes.size(), 1U);
  EXPECT_EQ(session.moment().episodes[0].total, -3.0);
  EXPECT_EQ(session.moment().episodes[0].pushes, 0);
}

TEST(ControlSessionTest, EqualSeedsGiveEqualEpisodes) {
  ControlSession first = ControlSession::Make("pendulum").value();
  ControlSession second = ControlSession::Make("pendulum").value();
  second.Step(Push::kLeft, 1.0);
  for (ControlSession* session : {&first, &second}) {
    session->UsePolicy(MakeControlPolicy("random", "pendulum", Device::kCpu).value());
    session->Reset(7);
    for (int i = 0; i < 20; ++i) session->Step(i % 5 == 0 ? Push::kLeft : Push::kNone, 0.5);
  }
  EXPECT_EQ(first.moment().state, second.moment().state);
  const std::vector<double> state = first.moment().state;
  first.Reset(8);
  for (int i = 0; i < 20; ++i) first.Step(i % 5 == 0 ? Push::kLeft : Push::kNone, 0.5);
  EXPECT_NE(first.moment().state, state);
}

TEST(ControlSessionTest, StartsAsTheEnvironmentWithThatSeed) {
  ControlSession session = ControlSession::Make("acrobot").value();
  session.Reset(11);
  auto env = MakeEnv("acrobot").value();
  Rng rng(11, RngRole::kEnvironment);
  env->Reset(rng);
  std::vector<double> state(static_cast<std::size_t>(env->spec().state_size()));
  env->GetState(state);
  EXPECT_EQ(session.moment().state, state);
}

TEST(ControlSessionTest, NeedsAnEnvironment) {
  EXPECT_THAT(ControlSession::Make("cartpol").error(), HasSubstr("did you mean 'cartpole'"));
}

// A policy that fails after some steps, as a damaged one would.
class FailingPolicy final : public ControlPolicy {
 public:
  std::string Name() const override { return "failing"; }
  void Restart(std::uint32_t) override {}
  ControlThought Think(std::span<const float>) override {
    if (++thoughts_ > 3) throw WorldError("the network is broken");
    return {};
  }
  void Advance(const ControlAction&) override {}

 private:
  int thoughts_ = 0;
};

// A policy that thinks longer than a step of CartPole may take, 20 ms.
class SlowPolicy final : public ControlPolicy {
 public:
  std::string Name() const override { return "slow"; }
  void Restart(std::uint32_t) override {}
  ControlThought Think(std::span<const float>) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return {};
  }
  void Advance(const ControlAction&) override {}
};

void WaitUntil(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!done() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_TRUE(done());
}

TEST(ControlRunnerTest, StepsWhenAskedAndStandsOtherwise) {
  ControlRunner runner(ControlSession::Make("cartpole").value(), Device::kCpu);
  runner.Reset(5);
  WaitUntil([&] { return !runner.busy(); });
  EXPECT_EQ(runner.Look().moment->seed, 5U);
  runner.Step(4, Push::kLeft, 1.0);
  runner.Step(3, Push::kRight, 1.0);
  WaitUntil([&] { return !runner.busy(); });
  const ControlLook look = runner.Look();
  EXPECT_EQ(look.moment->step, 7);
  EXPECT_EQ(look.share, 1.0);
  ControlSession session = ControlSession::Make("cartpole").value();
  session.Reset(5);
  for (int i = 0; i < 7; ++i) session.Step(i < 4 ? Push::kLeft : Push::kRight, 1.0);
  EXPECT_EQ(look.moment->state, session.moment().state);
}

TEST(ControlRunnerTest, RunsInRealTimeAtItsSpeedAndGoesOnAfterAnEnd) {
  ControlRunner runner(ControlSession::Make("mountain_car:limit=50").value(), Device::kCpu);
  runner.SetSpeed(2.0);
  runner.Pause(false);
  const auto begin = std::chrono::steady_clock::now();
  WaitUntil([&] { return runner.Look().moment->step >= 40; });
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  // 40 steps at 60 a second; the first may come at once.
  EXPECT_GT(seconds, 0.55);
  WaitUntil([&] { return runner.Look().moment->ended(); });
  EXPECT_TRUE(runner.Look().moment->truncated);
  WaitUntil([&] { return runner.Look().moment->seed == 1; });
  EXPECT_EQ(runner.Look().moment->episodes.size(), 1U);
}

TEST(ControlRunnerTest, TellsThatAPolicyThinksTooLong) {
  ControlSession session = ControlSession::Make("cartpole").value();
  session.UsePolicy(std::make_unique<SlowPolicy>());
  ControlRunner runner(std::move(session), Device::kCpu);
  EXPECT_FALSE(runner.Look().late);
  runner.Pause(false);
  WaitUntil([&] { return runner.Look().late; });
  // At a quarter of the speed a step may take 80 ms.
  runner.SetSpeed(0.25);
  WaitUntil([&] { return !runner.Look().late; });
}

TEST(ControlRunnerTest, SaysWhyAPolicyCannotBeLoadedAndGoesOn) {
  ControlRunner runner(ControlSession::Make("cartpole").value(), Device::kCpu);
  runner.UsePolicy("no/such/folder");
  WaitUntil([&] { return !runner.busy(); });
  EXPECT_THAT(runner.Look().error, HasSubstr("there is no folder \"no/such/folder\""));
  EXPECT_EQ(runner.Look().loading, "");
  EXPECT_EQ(runner.Look().moment->policy, "idle");
  runner.UsePolicy("random");
  WaitUntil([&] { return !runner.busy(); });
  EXPECT_EQ(runner.Look().error, "");
  EXPECT_EQ(runner.Look().moment->policy, "random");
}

TEST(ControlRunnerTest, GoesOnWithNobodyWhenAPolicyFails) {
  ControlSession session = ControlSession::Make("cartpole").value();
  session.UsePolicy(std::make_unique<FailingPolicy>());
  ControlRunner runner(std::move(session), Device::kCpu);
  runner.Step(9, Push::kNone, 1.0);
  WaitUntil([&] { return !runner.Look().error.empty(); });
  EXPECT_EQ(runner.Look().error, "the network is broken");
  WaitUntil([&] { return runner.Look().moment->policy == "idle"; });
  runner.Step(1, Push::kNone, 1.0);
  WaitUntil([&] { return runner.Look().moment->step == 4; });
}

}  // namespace
}  // namespace tengen

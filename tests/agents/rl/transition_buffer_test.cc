#include "agents/rl/transition_buffer.h"

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/tensor_ops.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// What NStepSum completes: first observation, reward, discount, last observation.
using Completed = std::tuple<float, double, double, float>;

struct Steps {
  explicit Steps(int n) : sum(n, 0.5) {}

  // A step from observation `from` to from + 1.
  void Add(float from, double reward, bool terminated = false, bool ended = false) {
    const std::array<float, 1> observation = {from};
    const std::array<float, 1> next = {from + 1.0F};
    const std::array<float, 1> action = {0.0F};
    sum.Add(observation, action, reward, next, terminated, terminated || ended,
            [this](const Transition& t) {
              out.emplace_back(t.observation[0], t.reward, t.discount, t.next_observation[0]);
            });
  }

  NStepSum sum;
  std::vector<Completed> out;
};

TEST(NStepSumTest, OneStepIsTheStepItself) {
  Steps steps(1);
  steps.Add(0.0F, 3.0);
  steps.Add(1.0F, 4.0, /*terminated=*/true);
  EXPECT_EQ(steps.out, (std::vector<Completed>{{0.0F, 3.0, 0.5, 1.0F}, {1.0F, 4.0, 0.0, 2.0F}}));
}

TEST(NStepSumTest, ThreeStepsAreSummedWithDiscounts) {
  Steps steps(3);
  steps.Add(0.0F, 1.0);
  steps.Add(1.0F, 2.0);
  EXPECT_TRUE(steps.out.empty());
  steps.Add(2.0F, 4.0);  // 1 + 2 / 2 + 4 / 4
  steps.Add(3.0F, 8.0);  // 2 + 4 / 2 + 8 / 4
  EXPECT_EQ(steps.out,
            (std::vector<Completed>{{0.0F, 3.0, 0.125, 3.0F}, {1.0F, 6.0, 0.125, 4.0F}}));
}

TEST(NStepSumTest, AnEndCompletesTheStepsThatWait) {
  Steps terminated(3);
  terminated.Add(0.0F, 1.0);
  terminated.Add(1.0F, 2.0, /*terminated=*/true);
  EXPECT_EQ(terminated.out,
            (std::vector<Completed>{{0.0F, 2.0, 0.0, 2.0F}, {1.0F, 2.0, 0.0, 2.0F}}));
  // Cut off: the value of the last observation still counts, as far away as it is.
  Steps cut(3);
  cut.Add(0.0F, 1.0);
  cut.Add(1.0F, 2.0, /*terminated=*/false, /*ended=*/true);
  EXPECT_EQ(cut.out, (std::vector<Completed>{{0.0F, 2.0, 0.25, 2.0F}, {1.0F, 2.0, 0.5, 2.0F}}));
  // The next episode starts with nothing.
  cut.out.clear();
  cut.Add(7.0F, 100.0, /*terminated=*/true);
  EXPECT_EQ(cut.out, (std::vector<Completed>{{7.0F, 100.0, 0.0, 8.0F}}));
}

TEST(NStepSumTest, WaitingStepsAreSaved) {
  Steps steps(3);
  steps.Add(0.0F, 1.0);
  steps.Add(1.0F, 2.0);
  NamedTensors saved;
  steps.sum.SaveTo(saved);
  Steps loaded(3);
  ASSERT_TRUE(loaded.sum.LoadFrom(saved, 1, 1).ok());
  loaded.Add(2.0F, 4.0);
  EXPECT_EQ(loaded.out, (std::vector<Completed>{{0.0F, 3.0, 0.125, 3.0F}}));
  EXPECT_THAT(loaded.sum.LoadFrom(saved, 2, 1).error(), HasSubstr("rows of 5"));
}

// Transition number i: everything in it tells i.
void AddNumber(TransitionBuffer& buffer, int i) {
  const auto x = static_cast<float>(i);
  const std::array<float, 2> observation = {x, -x};
  const std::array<float, 2> next = {x + 0.5F, 0.0F};
  const std::array<float, 1> action = {x};
  buffer.Add({observation, action, i * 10.0, 1.0 / (1.0 + i), next});
}

TEST(TransitionBufferTest, KeepsTheNewestAndDrawsThemAllAlike) {
  TransitionBuffer buffer(4, 2, 1, 0.0);
  for (int i = 0; i < 6; ++i) AddNumber(buffer, i);
  EXPECT_EQ(buffer.size(), 4);
  Rng rng(1, RngRole::kTest);
  const auto sample = buffer.Draw(4000, 1.0, rng);
  std::array<int, 6> count{};
  for (std::int64_t i = 0; i < 4000; ++i) {
    const float number = sample.actions[i][0].item<float>();
    ++count.at(static_cast<std::size_t>(number));
    if (i >= 50) continue;
    EXPECT_EQ(sample.observations[i][1].item<float>(), -number);
    EXPECT_EQ(sample.next_observations[i][0].item<float>(), number + 0.5F);
    EXPECT_EQ(sample.rewards[i].item<float>(), 10.0F * number);
    EXPECT_FLOAT_EQ(sample.discounts[i].item<float>(), 1.0F / (1.0F + number));
  }
  EXPECT_EQ(count[0] + count[1], 0);
  for (const std::size_t i : {2U, 3U, 4U, 5U}) EXPECT_NEAR(count[i], 1000, 120);
  EXPECT_EQ(sample.weights.min().item<float>(), 1.0F);
}

TEST(TransitionBufferTest, DrawsInProportionToPriorities) {
  TransitionBuffer buffer(3, 2, 1, 0.5);
  for (int i = 0; i < 3; ++i) AddNumber(buffer, i);
  Rng rng(2, RngRole::kTest);
  auto sample = buffer.Draw(1, 1.0, rng);
  // Errors 16, 1 and 4 of transitions 0, 1 and 2: priorities 4, 1 and 2 of 7.
  sample.rows = {0, 1, 2};
  buffer.SetErrors(sample, at::tensor({-16.0F, 1.0F, 4.0F}));
  sample = buffer.Draw(7000, 1.0, rng);
  std::array<int, 3> count{};
  for (const std::int64_t row : sample.rows) ++count.at(static_cast<std::size_t>(row));
  EXPECT_NEAR(count[0], 4000, 200);
  EXPECT_NEAR(count[1], 1000, 150);
  EXPECT_NEAR(count[2], 2000, 200);
  // Weights (3 P)^-1 over the largest, that of the rarest: 1/4, 1, 1/2.
  for (std::size_t i = 0; i < 50; ++i) {
    const std::array<double, 3> wanted = {0.25, 1.0, 0.5};
    EXPECT_NEAR(sample.weights[static_cast<std::int64_t>(i)].item<double>(),
                wanted.at(static_cast<std::size_t>(sample.rows[i])), 1e-5);
  }
  // A new transition comes with the largest priority so far, 4 instead of the oldest's 4.
  AddNumber(buffer, 3);
  sample = buffer.Draw(7000, 1.0, rng);
  count = {};
  for (const std::int64_t row : sample.rows) ++count.at(static_cast<std::size_t>(row));
  EXPECT_NEAR(count[0], 4000, 200);
}

TEST(TransitionBufferTest, ASavedBufferDrawsTheSame) {
  for (const double alpha : {0.0, 0.6}) {
    TransitionBuffer buffer(5, 2, 1, alpha);
    for (int i = 0; i < 8; ++i) AddNumber(buffer, i);
    Rng rng(3, RngRole::kTest);
    const auto drawn = buffer.Draw(5, 0.5, rng);
    buffer.SetErrors(drawn, at::tensor({1.0F, 2.0F, 3.0F, 4.0F, 5.0F}));
    NamedTensors saved;
    buffer.SaveTo(saved);
    TransitionBuffer loaded(5, 2, 1, alpha);
    ASSERT_TRUE(loaded.LoadFrom(saved).ok());
    AddNumber(buffer, 9);
    AddNumber(loaded, 9);
    Rng a(4, RngRole::kTest), b(4, RngRole::kTest);
    const auto first = buffer.Draw(40, 0.5, a);
    const auto second = loaded.Draw(40, 0.5, b);
    EXPECT_EQ(first.rows, second.rows);
    EXPECT_TRUE(first.weights.equal(second.weights));
    EXPECT_TRUE(first.observations.equal(second.observations));
    TransitionBuffer small(2, 2, 1, alpha);
    EXPECT_FALSE(small.LoadFrom(saved).ok());
    saved.erase("buffer.rewards");
    EXPECT_THAT(loaded.LoadFrom(saved).error(), HasSubstr("buffer.rewards"));
  }
}

// Numbers in the buffer, as often as they are drawn.
std::array<int, 12> Drawn(const TransitionBuffer& buffer, int draws) {
  Rng rng(1, RngRole::kTest);
  const auto sample = buffer.Draw(draws, 1.0, rng);
  std::array<int, 12> count{};
  for (std::int64_t i = 0; i < draws; ++i) {
    const float number = sample.actions[i][0].item<float>();
    EXPECT_EQ(sample.rewards[i].item<float>(), 10.0F * number);
    ++count.at(static_cast<std::size_t>(number));
  }
  return count;
}

// A ring of 4 that holds 2 to 5 and would write over 2 next.
TEST(TransitionBufferTest, ALargerBufferTakesASmallerOnesTransitions) {
  for (const double alpha : {0.0, 1.0}) {
    TransitionBuffer buffer(4, 2, 1, alpha);
    for (int i = 0; i < 6; ++i) AddNumber(buffer, i);
    if (alpha > 0.0) {
      Rng rng(2, RngRole::kTest);
      auto sample = buffer.Draw(1, 1.0, rng);
      sample.rows = {2, 3, 0, 1};  // of numbers 2, 3, 4 and 5
      buffer.SetErrors(sample, at::tensor({4.0F, 1.0F, 2.0F, 1.0F}));
    }
    NamedTensors saved;
    buffer.SaveTo(saved);
    TransitionBuffer larger(6, 2, 1, alpha);
    ASSERT_TRUE(larger.LoadFrom(saved).ok());
    EXPECT_EQ(larger.size(), 4);
    std::array<int, 12> count = Drawn(larger, 8000);
    EXPECT_EQ(count[0] + count[1], 0);
    EXPECT_NEAR(count[2], alpha > 0.0 ? 4000 : 2000, 250);
    EXPECT_NEAR(count[3], alpha > 0.0 ? 1000 : 2000, 250);
    EXPECT_NEAR(count[4], 2000, 250);
    for (int i = 6; i < 9; ++i) AddNumber(larger, i);
    EXPECT_EQ(larger.size(), 6);
    count = Drawn(larger, 8000);
    EXPECT_EQ(count[2], 0);  // the oldest went first
    for (const std::size_t i : {3U, 4U, 5U, 6U, 7U, 8U}) EXPECT_GT(count[i], 0) << i;
  }
}

TEST(TransitionBufferTest, RefusesARowThatIsNotThere) {
  TransitionBuffer buffer(4, 2, 1, 0.0);
  AddNumber(buffer, 0);
  NamedTensors saved;
  buffer.SaveTo(saved);
  for (const double next : {-1.0, 2.0, std::nan("")}) {
    saved["buffer.counters"] = at::tensor({next, 1.0}, at::kDouble);
    EXPECT_THAT(TransitionBuffer(4, 2, 1, 0.0).LoadFrom(saved).error(), HasSubstr("wanted 0 to 1"));
  }
}

}  // namespace
}  // namespace tengen

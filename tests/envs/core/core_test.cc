#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/check.h"
#include "envs/core/queue.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "envs/core/symmetry.h"
#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Rng TestRng(std::uint64_t index = 0) { return Rng(3, RngRole::kTest, index); }

// Mean and central moments 2 to 4 of n draws.
struct Moments {
  double mean = 0.0;
  double variance = 0.0;
  double skewness = 0.0;
  double kurtosis = 0.0;
};

template <typename Draw>
Moments MomentsOf(int n, Draw draw) {
  std::vector<double> xs(static_cast<std::size_t>(n));
  for (double& x : xs) x = draw();
  Moments m;
  m.mean = std::accumulate(xs.begin(), xs.end(), 0.0) / n;
  for (const double x : xs) {
    const double d = x - m.mean;
    m.variance += d * d / n;
    m.skewness += d * d * d / n;
    m.kurtosis += d * d * d * d / n;
  }
  m.skewness /= std::pow(m.variance, 1.5);
  m.kurtosis /= m.variance * m.variance;
  return m;
}

// --- Rng ---

// From the reference C code by Blackman and Vigna with state {1, 2, 3, 4}, which other libraries
// test against too.
TEST(Rng, MatchesXoshiro256PlusPlus) {
  Rng rng(Rng::State{1, 2, 3, 4});
  for (const std::uint64_t expected :
       {41943041ULL, 58720359ULL, 3588806011781223ULL, 3591011842654386ULL, 9228616714210784205ULL,
        9973669472204895162ULL, 14011001112246962877ULL, 12406186145184390807ULL,
        15849039046786891736ULL, 10450023813501588000ULL}) {
    EXPECT_EQ(rng.Next(), expected);
  }
}

// The published first outputs of SplitMix64 with seed 1234567.
TEST(Rng, Mix64IsSplitMix64) {
  EXPECT_EQ(Mix64(1234567), 6457827717110365317ULL);
  EXPECT_EQ(Mix64(1234567 + 0x9e3779b97f4a7c15ULL), 3203168211198807973ULL);
}

// Computed by a separate implementation in Python. Records of games depend on these.
TEST(Rng, StreamsAreFixed) {
  Rng zero(0, RngRole::kTest, 0);
  EXPECT_THAT(zero.state(), ElementsAre(0x0cc78fb979ce5090ULL, 0xab9aa3dafba6b4acULL,
                                        0xb0c750a86b3b1dd2ULL, 0x4b04a99a393a7f6bULL));
  Rng other(42, RngRole::kSelfPlay, 7);
  EXPECT_EQ(other.Next(), 0xd31cd28f4db2ee56ULL);
  EXPECT_EQ(other.Next(), 0x11f1cba7b8c9739bULL);
  EXPECT_EQ(other.Next(), 0x254dbad5f2692b3cULL);
}

TEST(Rng, StreamsDifferBySeedRoleAndIndex) {
  const std::uint64_t first = Rng(1, RngRole::kTest, 0).Next();
  EXPECT_NE(Rng(2, RngRole::kTest, 0).Next(), first);
  EXPECT_NE(Rng(1, RngRole::kMatch, 0).Next(), first);
  EXPECT_NE(Rng(1, RngRole::kTest, 1).Next(), first);
  EXPECT_EQ(Rng(1, RngRole::kTest, 0).Next(), first);
}

TEST(Rng, StateContinuesTheStream) {
  Rng rng = TestRng();
  rng.Next();
  Rng restored(rng.state());
  EXPECT_EQ(restored.Next(), rng.Next());
}

TEST(Rng, BelowIsUniform) {
  Rng rng = TestRng();
  constexpr int kDraws = 70'000;
  std::array<int, 7> counts = {};
  for (int i = 0; i < kDraws; ++i) ++counts.at(rng.Below(7));
  double chi_square = 0.0;
  for (const int count : counts) chi_square += std::pow(count - kDraws / 7.0, 2) / (kDraws / 7.0);
  EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom, p = 0.001
}

TEST(Rng, BelowStaysInItsBound) {
  Rng rng = TestRng();
  for (const std::uint32_t bound : {1U, 2U, 3U, 1000U, 0x8000'0000U, 0xffff'ffffU}) {
    for (int i = 0; i < 1000; ++i) EXPECT_LT(rng.Below(bound), bound);
  }
}

// Without Lemire's rejection step, bound 3 * 2^30 gives multiples of 3 twice as often as others.
TEST(Rng, BelowIsUnbiasedForLargeBounds) {
  Rng rng = TestRng();
  constexpr int kDraws = 30'000;
  std::array<int, 3> counts = {};
  for (int i = 0; i < kDraws; ++i) ++counts.at(rng.Below(3U << 30) % 3);
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 3, 350);
}

TEST(Rng, UniformFillsTheUnitInterval) {
  Rng rng = TestRng();
  const Moments m = MomentsOf(100'000, [&] { return rng.Uniform(); });
  EXPECT_NEAR(m.mean, 0.5, 0.004);
  EXPECT_NEAR(m.variance, 1.0 / 12.0, 0.001);
  Rng largest(Rng::State{0, 0, 0, ~0ULL});  // Next() is 2^64 - 1 rotated
  EXPECT_LT(largest.Uniform(), 1.0);
}

TEST(Rng, NormalHasItsMoments) {
  Rng rng = TestRng();
  const Moments m = MomentsOf(200'000, [&] { return rng.Normal(); });
  EXPECT_NEAR(m.mean, 0.0, 0.01);
  EXPECT_NEAR(m.variance, 1.0, 0.015);
  EXPECT_NEAR(m.skewness, 0.0, 0.025);
  EXPECT_NEAR(m.kurtosis, 3.0, 0.06);
}

TEST(Rng, GumbelHasItsMoments) {
  Rng rng = TestRng();
  const Moments m = MomentsOf(200'000, [&] { return rng.Gumbel(); });
  EXPECT_NEAR(m.mean, 0.5772156649, 0.015);     // Euler's constant
  EXPECT_NEAR(m.variance, 1.6449340668, 0.04);  // pi^2 / 6
  EXPECT_NEAR(m.skewness, 1.1395470994, 0.06);
}

TEST(Rng, GammaHasItsMoments) {
  for (const double shape : {0.1, 0.7, 1.0, 4.5}) {
    Rng rng = TestRng();
    const Moments m = MomentsOf(200'000, [&] { return rng.Gamma(shape); });
    EXPECT_NEAR(m.mean, shape, 5.0 * std::sqrt(shape / 200'000)) << shape;
    EXPECT_NEAR(m.variance, shape, 0.06 * shape) << shape;
    EXPECT_NEAR(m.skewness, 2.0 / std::sqrt(shape), 0.1 / std::sqrt(shape)) << shape;
  }
}

TEST(Rng, DirichletSumsToOneAndHasItsMoments) {
  Rng rng = TestRng();
  constexpr double kAlpha = 0.3;
  constexpr int kCount = 5;
  std::array<float, kCount> out = {};
  const Moments m = MomentsOf(50'000, [&] {
    rng.Dirichlet(kAlpha, out);
    EXPECT_NEAR(std::accumulate(out.begin(), out.end(), 0.0), 1.0, 1e-5);
    return static_cast<double>(out[2]);
  });
  // Mean 1/n; variance (1/n)(1 - 1/n) / (n alpha + 1) = 0.16 / 2.5.
  EXPECT_NEAR(m.mean, 0.2, 0.006);
  EXPECT_NEAR(m.variance, 0.064, 0.002);
}

TEST(Rng, DirichletWithTinyAlphaIsAPointMass) {
  Rng rng = TestRng();
  std::array<float, 4> out = {};
  rng.Dirichlet(1e-6, out);
  EXPECT_NEAR(std::accumulate(out.begin(), out.end(), 0.0), 1.0, 1e-5);
  EXPECT_GT(*std::max_element(out.begin(), out.end()), 0.999F);
}

TEST(Rng, CategoricalFollowsWeights) {
  Rng rng = TestRng();
  const std::array<float, 5> weights = {0.0F, 1.0F, 0.0F, 3.0F, 0.0F};
  std::array<int, 5> counts = {};
  for (int i = 0; i < 40'000; ++i) ++counts.at(static_cast<std::size_t>(rng.Categorical(weights)));
  EXPECT_NEAR(counts[1], 10'000, 450);
  EXPECT_EQ(counts[1] + counts[3], 40'000);
}

TEST(Rng, CategoricalWithoutWeightIsABug) {
  Rng rng = TestRng();
  const std::array<float, 2> weights = {0.0F, 0.0F};
  EXPECT_THROW(rng.Categorical(weights), BugError);
}

TEST(Rng, ShuffleGivesEachOrderEquallyOften) {
  Rng rng = TestRng();
  std::map<std::array<int, 3>, int> counts;
  for (int i = 0; i < 60'000; ++i) {
    std::array<int, 3> items = {0, 1, 2};
    rng.Shuffle(std::span<int>(items));
    ++counts[items];
  }
  EXPECT_EQ(counts.size(), 6U);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 10'000, 400);
}

// --- Symmetry ---

TEST(Symmetry, MovesPointsInTheStatedOrder) {
  const BoardShape shape{3, 3};
  const int point = 1;  // row 0, column 1
  EXPECT_EQ(Symmetry(Symmetry::kFlipColumns).Map(shape, 0), 2);
  EXPECT_EQ(Symmetry(Symmetry::kFlipRows).Map(shape, 0), 6);
  EXPECT_EQ(Symmetry(Symmetry::kTranspose).Map(shape, point), 3);
  // Transpose to (1, 0), then flip columns to (1, 2).
  EXPECT_EQ(Symmetry(Symmetry::kTranspose | Symmetry::kFlipColumns).Map(shape, point), 5);
}

TEST(Symmetry, InverseUndoes) {
  const BoardShape shape{4, 4};
  for (int i = 0; i < Symmetry::kCount; ++i) {
    for (int point = 0; point < shape.points(); ++point) {
      EXPECT_EQ(Symmetry(i).Inverse().Map(shape, Symmetry(i).Map(shape, point)), point) << i;
    }
  }
}

// Every composition of two members is a member, on a shape without symmetry of its own points.
TEST(SymmetryGroup, GroupsAreClosed) {
  const BoardShape shape{4, 4};
  const auto image = [&](auto map) {
    std::vector<int> points;
    for (int point = 0; point < shape.points(); ++point) points.push_back(map(point));
    return points;
  };
  for (const SymmetryGroup group :
       {SymmetryGroup::Identity(), SymmetryGroup::MirrorColumns(), SymmetryGroup::HalfTurn(),
        SymmetryGroup::Diagonals(), SymmetryGroup::Dihedral(shape),
        SymmetryGroup::Dihedral({3, 4})}) {
    for (int a = 0; a < group.size(); ++a) {
      for (int b = 0; b < group.size(); ++b) {
        const auto composed = image([&](int point) {
          return group.Member(a).Map(shape, group.Member(b).Map(shape, point));
        });
        int found = 0;
        for (int c = 0; c < group.size(); ++c) {
          if (image([&](int p) { return group.Member(c).Map(shape, p); }) == composed) ++found;
        }
        EXPECT_EQ(found, 1);
      }
    }
  }
}

TEST(SymmetryGroup, HalfTurnAndMirrorMoveCorners) {
  const BoardShape shape{6, 7};
  EXPECT_EQ(SymmetryGroup::MirrorColumns().Member(1).Map(shape, 0), 6);
  EXPECT_EQ(SymmetryGroup::HalfTurn().Member(1).Map(shape, 0), 41);
}

TEST(SymmetryGroup, DiagonalsKeepTheMainDiagonalsAsSets) {
  const BoardShape shape{8, 8};
  EXPECT_EQ(SymmetryGroup::Diagonals().size(), 4);
  for (int n = 0; n < 4; ++n) {
    const int image = SymmetryGroup::Diagonals().Member(n).Map(shape, 0);
    EXPECT_TRUE(image == 0 || image == 63) << n;
  }
}

TEST(SymmetryGroup, PickReachesEveryMember) {
  const SymmetryGroup group = SymmetryGroup::Dihedral({5, 5});
  Rng rng = TestRng();
  std::array<int, 8> counts = {};
  for (int i = 0; i < 8000; ++i)
    ++counts.at(static_cast<std::size_t>(group.Pick(rng.Next()).index()));
  for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(SymmetryGroup::Identity().Pick(~0ULL), Symmetry());
}

// --- Check and Result ---

TEST(Check, FailureIsABugErrorWithItsParts) {
  const int size = 3;
  try {
    TENGEN_CHECK(size == 4, "size ", size, ", wanted 4");
    FAIL() << "the check did not fail";
  } catch (const BugError& error) {
    EXPECT_THAT(error.what(), HasSubstr("core_test.cc"));
    EXPECT_THAT(error.what(), HasSubstr("size == 4: size 3, wanted 4"));
  }
}

TEST(Check, PassingConditionDoesNotBuildItsMessage) {
  bool built = false;
  const auto message = [&] {
    built = true;
    return "text";
  };
  TENGEN_CHECK(true, message());
  EXPECT_FALSE(built);
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = 3;
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value, 3);
  const Result<int> error = Error{"size 0, wanted 1"};
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(error.error(), "size 0, wanted 1");
}

TEST(Result, TakingTheValueOfAnErrorIsABug) {
  const Result<int> error = Error{"no number"};
  EXPECT_THROW((void)error.value(), BugError);
}

TEST(Result, ValuesCanBeMovedOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

// --- BoundedQueue ---

TEST(BoundedQueue, FirstInFirstOut) {
  BoundedQueue<int> queue(3);
  for (const int i : {1, 2, 3}) EXPECT_TRUE(queue.Push(i));
  EXPECT_EQ(queue.size(), 3U);
  for (const int i : {1, 2, 3}) EXPECT_EQ(queue.Pop(), i);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
}

TEST(BoundedQueue, CloseDrainsAndThenEnds) {
  BoundedQueue<int> queue(3);
  EXPECT_TRUE(queue.Push(1));
  queue.Close();
  EXPECT_FALSE(queue.Push(2));
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

TEST(BoundedQueue, CloseWakesWaitingPop) {
  BoundedQueue<int> queue(1);
  std::thread closer([&] { queue.Close(); });
  EXPECT_EQ(queue.Pop(), std::nullopt);
  closer.join();
}

TEST(BoundedQueue, CloseWakesWaitingPush) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.Push(1));
  std::thread closer([&] { queue.Close(); });
  EXPECT_FALSE(queue.Push(2));
  closer.join();
}

TEST(BoundedQueue, PopForGivesUp) {
  BoundedQueue<int> queue(1);
  EXPECT_EQ(queue.PopFor(std::chrono::milliseconds(1)), std::nullopt);
  EXPECT_TRUE(queue.Push(4));
  EXPECT_EQ(queue.PopFor(std::chrono::milliseconds(0)), 4);
}

TEST(BoundedQueue, ThreadsLoseAndDoubleNothing) {
  constexpr int kThreads = 3;
  constexpr int kItems = 2000;
  BoundedQueue<int> queue(4);
  std::vector<std::thread> producers;
  for (int t = 0; t < kThreads; ++t) {
    producers.emplace_back([&queue, t] {
      for (int i = 0; i < kItems; ++i) queue.Push(t * kItems + i);
    });
  }
  std::array<std::vector<int>, kThreads> taken;
  std::vector<std::thread> consumers;
  for (std::vector<int>& mine : taken) {
    consumers.emplace_back([&queue, &mine] {
      while (const std::optional<int> item = queue.Pop()) mine.push_back(*item);
    });
  }
  for (std::thread& thread : producers) thread.join();
  queue.Close();
  for (std::thread& thread : consumers) thread.join();
  std::vector<int> all;
  for (const std::vector<int>& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  std::vector<int> expected(kThreads * kItems);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

// --- GameOptions and names ---

TEST(GameOptions, TakesTypedValuesAndDefaults) {
  GameOptions options = GameOptions::Parse("size=9,komi=-7.5,ko=simple").value();
  EXPECT_EQ(options.Int("size", 5, 1, 19), 9);
  EXPECT_EQ(options.Int("depth", 5, 1, 19), 5);
  EXPECT_EQ(options.Double("komi", 0.0, -10.0, 10.0), -7.5);
  EXPECT_EQ(options.Choice("ko", "positional", {"simple", "positional"}), "simple");
  EXPECT_TRUE(options.Finish("go").ok());
}

TEST(GameOptions, FirstBadValueComesOutOfFinish) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"size=x", "size=x, wanted a whole number from 1 to 19"},
      {"size=9x", "size=9x, wanted a whole number from 1 to 19"},
      {"size=20", "size=20, wanted a whole number from 1 to 19"},
      {"size=", "size=, wanted a whole number from 1 to 19"},
      {"komi=nan", "komi=nan, wanted a number from -10 to 10"},
      {"komi=10.5", "komi=10.5, wanted a number from -10 to 10"},
      {"ko=hard", "ko=hard, wanted simple or positional"},
      {"size=0,ko=hard", "size=0, wanted"},
  };
  for (const auto& [text, message] : cases) {
    GameOptions options = GameOptions::Parse(text).value();
    options.Int("size", 5, 1, 19);
    options.Double("komi", 0.0, -10.0, 10.0);
    options.Choice("ko", "simple", {"simple", "positional"});
    const Status status = options.Finish("go");
    ASSERT_FALSE(status.ok()) << text;
    EXPECT_THAT(status.error(), HasSubstr(message));
  }
}

TEST(GameOptions, LeftoverOptionNamesTheNearestKnownOne) {
  GameOptions options = GameOptions::Parse("komy=7").value();
  options.Double("komi", 0.0, -10.0, 10.0);
  EXPECT_THAT(options.Finish("go").error(),
              HasSubstr("game go: unknown option 'komy'; did you mean 'komi'?"));
}

TEST(GameOptions, MalformedTextIsAnError) {
  EXPECT_THAT(GameOptions::Parse("size").error(), HasSubstr("option 'size', wanted key=value"));
  EXPECT_THAT(GameOptions::Parse("=3").error(), HasSubstr("wanted key=value"));
  EXPECT_THAT(GameOptions::Parse("a=1,a=2").error(), HasSubstr("'a' is given twice"));
  EXPECT_TRUE(GameOptions::Parse("").ok());
}

TEST(NearestName, FindsTyposAndNothingElse) {
  const std::vector<std::string> names = {"tictactoe", "connect4", "go"};
  EXPECT_EQ(NearestName("tictactoo", names), "tictactoe");
  EXPECT_EQ(NearestName("conect4", names), "connect4");
  EXPECT_EQ(NearestName("backgammon", names), "");
}

TEST(MakeGame, UnknownNameListsTheKnownOnes) {
  const auto made = MakeGame("chess");
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error(), HasSubstr("unknown game 'chess'"));
  EXPECT_THAT(made.error(), HasSubstr("tictactoe"));
}

}  // namespace
}  // namespace tengen

#include <string>

#include <gtest/gtest.h>

#include "tests/support/go_fuzz.h"

// Random games compared, move by move, with a board that does everything the slow way. The long run
// is in go_slow_test.cc.

namespace tengen {
namespace {

const char* const kRuleSets[] = {
    "ko=positional,suicide=none",   "ko=positional,suicide=multi", "ko=situational,suicide=none",
    "ko=situational,suicide=multi", "ko=simple,suicide=none",      "ko=simple,suicide=multi",
};

class GoFuzzTest : public ::testing::TestWithParam<const char*> {
 protected:
  Rules rules() const { return Rules::Parse(GetParam()).value(); }

  void Fuzz(BoardShape shape, int games, std::uint64_t seed) const {
    GoSetup setup;
    setup.shape = shape;
    setup.rules = rules();
    FuzzGo(setup, games, seed);
  }
};

TEST_P(GoFuzzTest, TinyBoardsAgreeWithTheReference) {
  // Tiny boards repeat positions all the time.
  for (const BoardShape shape : {BoardShape{1, 2}, BoardShape{1, 5}, BoardShape{2, 2},
                                 BoardShape{2, 3}, BoardShape{3, 2}, BoardShape{3, 3}}) {
    Fuzz(shape, 60, 1);
  }
}

TEST_P(GoFuzzTest, SmallBoardsAgreeWithTheReference) {
  Fuzz({4, 4}, 12, 2);
  Fuzz({3, 6}, 6, 3);
  Fuzz({5, 5}, 6, 4);
}

TEST_P(GoFuzzTest, LargerBoardsAgreeWithTheReference) {
  Fuzz({9, 9}, 2, 5);
  Fuzz({19, 19}, 1, 6);
}

TEST_P(GoFuzzTest, StartsScoringsAndTaxesAgreeWithTheReference) {
  Rng rng(7, RngRole::kTest);
  for (const char* extra :
       {",score=area,tax=seki,bonus=n", ",score=area,tax=all,bonus=n-1,komi=0.5",
        ",score=territory,tax=none,bonus=n", ",score=territory,tax=seki",
        ",score=territory,tax=all,bonus=n-1"}) {
    const Rules with_extra = Rules::Parse(std::string(GetParam()) + extra).value();
    for (const BoardShape shape :
         {BoardShape{2, 4}, BoardShape{4, 3}, BoardShape{5, 5}, BoardShape{7, 8}}) {
      for (int start = 0; start < 3; ++start) {
        FuzzGo(RandomGoSetup(shape, with_extra, rng), 1, rng.Next());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllRules, GoFuzzTest, ::testing::ValuesIn(kRuleSets),
                         [](const auto& test_info) {
                           const Rules rules = Rules::Parse(test_info.param).value();
                           return std::string(KoText(rules.ko)) + "_" +
                                  std::string(SuicideText(rules.suicide));
                         });

TEST(GoFuzzCoverageTest, GamesMeetCapturesSuicidesAndEveryKindOfBan) {
  GoSetup setup;
  setup.shape = {2, 3};
  setup.rules = Rules::Parse("ko=positional,suicide=multi").value();
  const GoFuzzCounts counts = FuzzGo(setup, 200, 6);
  EXPECT_EQ(counts.games, 200);
  EXPECT_GT(counts.captures, 100);
  EXPECT_GT(counts.multi_suicides, 10);
  EXPECT_GT(counts.ko_bans, 100);
  EXPECT_GT(counts.bans_without_capture, 0);
  EXPECT_GT(counts.bans_of_suicide, 0);
}

TEST(GoFuzzCoverageTest, GamesMeetSekiAndStonesDeadBeyondDoubt) {
  GoSetup setup;
  setup.shape = {4, 5};
  setup.rules = Rules::Parse("japanese").value();
  const GoFuzzCounts counts = FuzzGo(setup, 200, 8);
  EXPECT_GT(counts.scores, 100);
  EXPECT_GT(counts.seki_taxes, 10);
  EXPECT_GT(counts.pass_dead, 0);
}

}  // namespace
}  // namespace tengen

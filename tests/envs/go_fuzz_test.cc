#include "tests/support/go_fuzz.h"

#include <string>

#include <gtest/gtest.h>

// Random games compared, move by move, with a board that does everything the slow way.

namespace tengen {
namespace {

const char* const kRuleSets[] = {
    "ko=positional,suicide=none",   "ko=positional,suicide=multi", "ko=situational,suicide=none",
    "ko=situational,suicide=multi", "ko=simple,suicide=none",      "ko=simple,suicide=multi",
};

class GoFuzzTest : public ::testing::TestWithParam<const char*> {
 protected:
  Rules rules() const { return Rules::Parse(GetParam()).value(); }
};

TEST_P(GoFuzzTest, TinyBoardsAgreeWithTheReference) {
  // Tiny boards repeat positions all the time.
  for (const BoardShape shape : {BoardShape{1, 2}, BoardShape{1, 5}, BoardShape{2, 2},
                                 BoardShape{2, 3}, BoardShape{3, 2}, BoardShape{3, 3}}) {
    FuzzGo(shape, rules(), 60, 1);
  }
}

TEST_P(GoFuzzTest, SmallBoardsAgreeWithTheReference) {
  FuzzGo({4, 4}, rules(), 12, 2);
  FuzzGo({3, 6}, rules(), 6, 3);
  FuzzGo({5, 5}, rules(), 6, 4);
}

TEST_P(GoFuzzTest, LargerBoardsAgreeWithTheReference) { FuzzGo({9, 9}, rules(), 1, 5); }

INSTANTIATE_TEST_SUITE_P(AllRules, GoFuzzTest, ::testing::ValuesIn(kRuleSets),
                         [](const auto& test_info) {
                           const Rules rules = Rules::Parse(test_info.param).value();
                           return std::string(KoText(rules.ko)) + "_" +
                                  std::string(SuicideText(rules.suicide));
                         });

TEST(GoFuzzCoverageTest, GamesMeetCapturesSuicidesAndEveryKindOfBan) {
  const Rules rules = Rules::Parse("ko=positional,suicide=multi").value();
  const GoFuzzCounts counts = FuzzGo({2, 3}, rules, 200, 6);
  EXPECT_GT(counts.captures, 100);
  EXPECT_GT(counts.multi_suicides, 10);
  EXPECT_GT(counts.ko_bans, 100);
  EXPECT_GT(counts.bans_without_capture, 0);
  EXPECT_GT(counts.bans_of_suicide, 0);
}

}  // namespace
}  // namespace tengen

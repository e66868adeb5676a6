#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/go_fuzz.h"
#include "tests/support/go_oracles.h"

// The deep end of go_oracle_test and go_fuzz_test.

namespace tengen {
namespace {

TEST(GoSlowTest, DeepNodeCountsEqualTheIndependentOnes) {
  for (const auto& entry : GoOracles()["perft_empty_board"]["entries"]) {
    ExpectPerft(entry, 2'000'001, 200'000'000);
  }
}

TEST(GoSlowTest, LegalPositionsUpTo4x4EqualThePublishedCounts) {
  const auto entries = LegalPositionEntries(2'000'001, 100'000'000);
  EXPECT_EQ(entries.size(), 4U);
  for (const auto& entry : entries) ExpectLegalPositions(entry);
}

// Every combination of ko, suicide, scoring and tax, with the bonuses and komi taking turns.
std::vector<Rules> AllRules() {
  std::vector<Rules> all;
  for (const char* ko : {"simple", "positional", "situational"}) {
    for (const char* suicide : {"none", "multi"}) {
      for (const char* score : {"area", "territory"}) {
        for (const char* tax : {"none", "seki", "all"}) {
          const char* bonus[] = {"0", "n", "n-1"};
          all.push_back(Rules::Parse(StrCat("ko=", ko, ",suicide=", suicide, ",score=", score,
                                            ",tax=", tax, ",bonus=", bonus[all.size() % 3],
                                            ",komi=", 0.5 * static_cast<double>(all.size() % 16)))
                            .value());
        }
      }
    }
  }
  return all;
}

// All squares from 2x2 to 19x19 and as many rectangles, under all rules, again and again with other
// starts, until at least that many moves are compared: 10 million, or TENGEN_FUZZ_MOVES.
TEST(GoSlowTest, TenMillionRandomMovesAgreeWithTheReference) {
  const char* text = std::getenv("TENGEN_FUZZ_MOVES");
  const std::int64_t moves = text != nullptr ? std::atoll(text) : 10'000'000;
  const char* seed = std::getenv("TENGEN_FUZZ_SEED");
  Rng rng(seed != nullptr ? static_cast<std::uint64_t>(std::atoll(seed)) : 100, RngRole::kTest);
  const std::vector<Rules> all_rules = AllRules();
  const auto start = std::chrono::steady_clock::now();
  GoFuzzCounts counts;
  for (int round = 0; counts.plies < moves && !HasFailure(); ++round) {
    for (const Rules& rules : all_rules) {
      for (int side = 2; side <= GoBoard::kMaxSide && !HasFailure(); ++side) {
        const int other = 1 + static_cast<int>(rng.Below(GoBoard::kMaxSide));
        for (const BoardShape shape : {BoardShape{side, side}, BoardShape{side, other}}) {
          counts += FuzzGo(RandomGoSetup(shape, rules, rng), 1, rng.Next());
        }
      }
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf(
      "%lld moves in %lld games, %.0f s: %lld stones taken, %lld suicides, %lld points banned by "
      "ko, %lld agreed scores (%lld with seki), %lld results with stones dead beyond doubt\n",
      static_cast<long long>(counts.plies), static_cast<long long>(counts.games), seconds.count(),
      static_cast<long long>(counts.captures), static_cast<long long>(counts.multi_suicides),
      static_cast<long long>(counts.ko_bans), static_cast<long long>(counts.scores),
      static_cast<long long>(counts.seki_taxes), static_cast<long long>(counts.pass_dead));
  EXPECT_GE(counts.plies, moves);
  EXPECT_GT(counts.multi_suicides, 0);
  EXPECT_GT(counts.ko_bans, 0);
  EXPECT_GT(counts.seki_taxes, 0);
  EXPECT_GT(counts.pass_dead, 0);
}

}  // namespace
}  // namespace tengen

#include <cstdint>

#include <gtest/gtest.h>

#include "tests/support/go_fuzz.h"
#include "tests/support/go_oracles.h"

// The deep end of go_oracle_test and go_fuzz_test: a minute, not seconds.

namespace tengen {
namespace {

TEST(GoSlowTest, DeepNodeCountsEqualTheIndependentOnes) {
  for (const auto& entry : GoOracles()["perft_empty_board"]["entries"]) {
    ExpectPerft(entry, 2'000'001, 200'000'000);
  }
}

TEST(GoSlowTest, ManyRandomGamesAgreeWithTheReference) {
  std::uint64_t seed = 100;
  for (const char* ko : {"positional", "situational", "simple"}) {
    for (const char* suicide : {"none", "multi"}) {
      const Rules rules = Rules::Parse(StrCat("ko=", ko, ",suicide=", suicide)).value();
      for (const BoardShape shape : {BoardShape{1, 7}, BoardShape{2, 2}, BoardShape{3, 3},
                                     BoardShape{4, 4}, BoardShape{2, 6}}) {
        FuzzGo(shape, rules, 150, ++seed);
      }
      for (const BoardShape shape : {BoardShape{5, 5}, BoardShape{7, 4}, BoardShape{6, 6}}) {
        FuzzGo(shape, rules, 10, ++seed);
      }
      FuzzGo({9, 9}, rules, 2, ++seed);
    }
  }
  FuzzGo({19, 19}, Rules::Parse("suicide=multi").value(), 1, ++seed);
}

}  // namespace
}  // namespace tengen

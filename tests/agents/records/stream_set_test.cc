#include "agents/records/stream_set.h"

#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(StreamSet, JoinsNeighbours) {
  StreamSet set;
  EXPECT_TRUE(set.Add(5));
  EXPECT_TRUE(set.Add(7));
  EXPECT_TRUE(set.Add(6));
  EXPECT_FALSE(set.Add(6));
  EXPECT_THAT(set.ranges(), ElementsAre(Pair(5, 7)));
  EXPECT_EQ(set.size(), 3U);
  EXPECT_TRUE(set.Contains(7));
  EXPECT_FALSE(set.Contains(8));
}

TEST(StreamSet, HoldsTheLargestNumber) {
  StreamSet set;
  EXPECT_TRUE(set.Add(~0ULL));
  EXPECT_FALSE(set.Add(~0ULL));
  EXPECT_TRUE(set.Add(0));
  EXPECT_THAT(set.ranges(), ElementsAre(Pair(0, 0), Pair(~0ULL, ~0ULL)));
}

TEST(StreamSet, IsWhatASetOfNumbersIs) {
  std::mt19937 random(1);
  StreamSet set;
  std::set<std::uint64_t> reference;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t first = random() % 500;
    const std::uint64_t last = first + random() % 6;
    std::uint64_t fresh = 0;
    for (std::uint64_t n = first; n <= last; ++n) fresh += reference.insert(n).second;
    ASSERT_EQ(set.AddRange(first, last), fresh);
    ASSERT_EQ(set.size(), reference.size());
    const std::uint64_t asked = random() % 510;
    ASSERT_EQ(set.Contains(asked), reference.contains(asked));
  }
}

}  // namespace
}  // namespace tengen

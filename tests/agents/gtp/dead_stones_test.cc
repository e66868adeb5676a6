#include "agents/gtp/dead_stones.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/go_diagram.h"

namespace tengen {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class DeadStonesTest : public ::testing::Test {
 protected:
  Point At(int row, int column) const { return board_.PointAt(row, column); }

  std::shared_ptr<const GoGame> game_ =
      std::static_pointer_cast<const GoGame>(*MakeGame("go:size=4"));
  GoBoard board_ = DrawnBoard({"XX..",  //
                               ".X.O",  //
                               "X..O",  //
                               "...."});
  std::vector<float> black_ = std::vector<float>(16, 0.0F);
};

TEST_F(DeadStonesTest, ChainsAreFoundWhole) {
  EXPECT_THAT(ChainAt(board_, At(0, 0)), UnorderedElementsAre(At(0, 0), At(0, 1), At(1, 1)));
  EXPECT_THAT(ChainAt(board_, At(2, 0)), UnorderedElementsAre(At(2, 0)));
  EXPECT_EQ(ChainHeads(*game_, board_).size(), 3U);
}

TEST_F(DeadStonesTest, AnEvenBoardHasNone) {
  EXPECT_THAT(ChainsOfOthers(*game_, board_, black_), IsEmpty());
}

// The mean over the chain decides: (-1 - 0.1 - 0.1) / 3 is the border of 0.4.
TEST_F(DeadStonesTest, AChainDiesWholeWhenTheOtherOwnsIt) {
  black_[0] = -1.0F;
  black_[1] = -0.1F;
  black_[5] = -0.09F;
  EXPECT_THAT(ChainsOfOthers(*game_, board_, black_), IsEmpty());
  black_[5] = -0.11F;
  EXPECT_THAT(ChainsOfOthers(*game_, board_, black_),
              UnorderedElementsAre(At(0, 0), At(0, 1), At(1, 1)));
}

TEST_F(DeadStonesTest, ForWhiteTheSignTurns) {
  black_[7] = black_[11] = -1.0F;  // White's own
  EXPECT_THAT(ChainsOfOthers(*game_, board_, black_), IsEmpty());
  black_[7] = black_[11] = 1.0F;
  EXPECT_THAT(ChainsOfOthers(*game_, board_, black_), UnorderedElementsAre(At(1, 3), At(2, 3)));
}

}  // namespace
}  // namespace tengen

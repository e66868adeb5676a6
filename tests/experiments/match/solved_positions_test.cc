#include "experiments/match/solved_positions.h"

#include <set>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

TEST(SolvedPositions, KeepTheirPromise) {
  const auto positions = SolveConnectFourPositions(**MakeGame("connect4"), 5, 20, 24, 3);
  ASSERT_EQ(positions.size(), 5U);
  for (const SolvedPosition& position : positions) {
    EXPECT_LE(position.KeepingShare(), 0.5);
    EXPECT_GT(position.KeepingShare(), 0.0);
    EXPECT_GE(position.state->Ply(), 20);
    EXPECT_LE(position.state->Ply(), 24);
    for (std::size_t i = 0; i < position.actions.size(); ++i) {
      EXPECT_EQ(position.Keeps(position.actions[i]), position.values[i] == position.best());
    }
  }
}

TEST(SolvedPositions, NoneComesTwiceAndTheSeedDecides) {
  const auto game = *MakeGame("connect4");
  const auto positions = SolveConnectFourPositions(*game, 12, 28, 32, 3);
  const auto again = SolveConnectFourPositions(*game, 12, 28, 32, 3);
  std::set<std::uint64_t> hashes;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    hashes.insert(positions[i].state->PositionHash());
    EXPECT_EQ(positions[i].state->PositionHash(), again[i].state->PositionHash());
    EXPECT_EQ(positions[i].values, again[i].values);
  }
  EXPECT_EQ(hashes.size(), 12U);
}

TEST(SolvedPositions, AStopLeavesThoseThatAreThere) {
  const std::atomic<bool> stop{true};
  EXPECT_TRUE(SolveConnectFourPositions(**MakeGame("connect4"), 5, 20, 24, 3, &stop).empty());
}

TEST(SolvedPosition, KeepsIsByTheBestValue) {
  SolvedPosition position;
  position.actions = {1, 4, 6, 7};
  position.values = {0, -1, 0, -1};
  EXPECT_EQ(position.best(), 0);
  EXPECT_TRUE(position.Keeps(1));
  EXPECT_FALSE(position.Keeps(4));
  EXPECT_FALSE(position.Keeps(2)) << "not a legal move";
  EXPECT_DOUBLE_EQ(position.KeepingShare(), 0.5);
}

}  // namespace
}  // namespace tengen

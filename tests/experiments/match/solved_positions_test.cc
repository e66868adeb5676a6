#include "experiments/match/solved_positions.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

TEST(SolvedPositions, KeepTheirPromise) {
  const auto positions = SolvePositions(**MakeGame("connect4"), 5, 20, 24, 3).value();
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
  const auto positions = SolvePositions(*game, 12, 28, 32, 3).value();
  const auto again = SolvePositions(*game, 12, 28, 32, 3).value();
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
  EXPECT_TRUE(SolvePositions(**MakeGame("connect4"), 5, 20, 24, 3, &stop)->empty());
}

// Tic-tac-toe has been solved by hand for long: with perfect play nobody wins, and after X in the
// centre a side loses and a corner draws.
TEST(SolvedPositions, OtherGamesAreSearchedToTheirEnd) {
  const auto game = *MakeGame("tictactoe");
  bool found = false;
  for (std::uint64_t seed = 1; seed < 40 && !found; ++seed) {
    const auto positions = SolvePositions(*game, 1, 1, 1, seed).value();
    const auto centre = game->NewState();
    centre->Apply(4);
    if (positions[0].state->PositionHash() != centre->PositionHash()) continue;
    found = true;
    for (std::size_t i = 0; i < positions[0].actions.size(); ++i) {
      const bool corner = positions[0].actions[i] % 2 == 0;
      EXPECT_EQ(positions[0].values[i], corner ? 0 : -1) << positions[0].actions[i];
    }
  }
  EXPECT_TRUE(found);
  const auto othello = SolvePositions(**MakeGame("othello"), 3, 54, 56, 3);
  ASSERT_TRUE(othello.ok()) << othello.error();
  EXPECT_EQ(othello->size(), 3U);
}

TEST(SolvedPositions, WhatCannotBeSolvedOrFoundIsSaid) {
  EXPECT_THAT(SolvePositions(**MakeGame("tictactoe"), 500, 8, 8, 3).error(),
              testing::HasSubstr("positions of tictactoe at plies 8 to 8 found"));
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

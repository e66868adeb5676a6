#include "experiments/bench/board_bench.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/check.h"
#include "experiments/bench/outside_board.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(OutsideBoardTest, ReadsTheLastLine) {
  const OutsideBoard board = RunOutsideBoard(
      R"(echo warming up; echo '{"moves_per_second_9": 2.5, "moves_per_second_19": 1e6,)"
      R"( "name": "other", "moves_per_game_19": 450}'; echo)");
  EXPECT_EQ(board.name, "other");
  EXPECT_EQ(board.playouts[0].moves_per_second, 2.5);
  EXPECT_EQ(board.playouts[0].moves_per_game, 0.0);
  EXPECT_EQ(board.playouts[1].moves_per_second, 1e6);
  EXPECT_EQ(board.playouts[1].moves_per_game, 450.0);
}

TEST(OutsideBoardTest, SaysWhatIsWrong) {
  const auto error = [](const std::string& command) -> std::string {
    try {
      RunOutsideBoard(command);
    } catch (const WorldError& world) {
      return world.what();
    }
    return "";
  };
  EXPECT_THAT(error("exit 3"), HasSubstr("ended with exit code 3"));
  EXPECT_THAT(error("echo fast"), HasSubstr("printed 'fast', wanted an object with a number"));
  EXPECT_THAT(error(R"(echo '{"moves_per_second_9": 1, "moves_per_second_19": 0}')"),
              HasSubstr("above 0 as moves_per_second_19"));
}

TEST(BoardBenchTest, SetsEachProgramAgainstOurs) {
  BoardBenchOptions options;
  options.seconds = 0.0;
  options.compare_commands = {
      R"(echo '{"moves_per_second_9": 1e3, "moves_per_second_19": 1e3, "name": "slow"}')",
      R"(echo '{"moves_per_second_9": 1e12, "moves_per_second_19": 1e12, "name": "fast",)"
      R"( "moves_per_game_9": 222, "moves_per_game_19": 911}')"};
  const std::vector<BenchRow> rows = BenchBoard(options);
  const auto row = [&rows](const std::string& name, const std::string& against) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const BenchRow& r) {
      return r.name == name && r.against == against;
    });
    return found == rows.end() ? BenchRow() : *found;
  };
  for (const char* side : {"9x9", "19x19"}) {
    const std::string speed = StrCat("random moves ", side);
    EXPECT_GT(row(speed, "slow").ratio, 1.0);
    EXPECT_GT(row(speed, "fast").ratio, 0.0);
    EXPECT_LT(row(speed, "fast").ratio, 1.0);
    EXPECT_EQ(row(speed, "slow").value, row(speed, "fast").value);
    // Our games have 111 and 455 moves in the mean; few games are played here.
    EXPECT_NEAR(row(StrCat("random game ", side), "fast").ratio, 0.5, 0.1);
    EXPECT_EQ(row(StrCat("random game ", side), "slow").ratio, 0.0);
  }
}

}  // namespace
}  // namespace tengen

// Trainings that must reach a score.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

nlohmann::json RunJson(const std::string& arguments) {
  const ProgramOutput output = RunTengen(arguments + " --json", /*errors=*/false);
  EXPECT_EQ(output.code, 0) << arguments;
  return nlohmann::json::parse(LastLine(output.text));
}

TEST(Learning, TicTacToeNeverLosesAfterAMinute) {
  TempFolder temp;
  const std::string run = (temp / "run").string();
  ASSERT_EQ(RunTengen("train tictactoe --budget 60s --run-dir " + run, true).code, 0);
  const auto trained =
      RunJson("exhaustive --game tictactoe run:" + run + ",visits=64,symmetry=fixed");
  for (const auto& row : trained.at("rows")) {
    EXPECT_EQ(row.at("losses"), 0) << row.dump();
    EXPECT_GT(row.at("lines"), 50) << row.dump();
  }
  // The same search with the untrained network does lose, so the test can fail.
  const auto untrained =
      RunJson("exhaustive --game tictactoe run:" + run + "@0,visits=64,symmetry=fixed");
  EXPECT_GT(untrained.at("rows")[1].at("losses"), 0);
}

// Two minutes on two idle cores, and what is learned does not depend on how idle they are.
TEST(Learning, Go5BeatsRandomPlayAndPureSearchAfterTwoThousandSteps) {
  TempFolder temp;
  const std::string run = (temp / "run").string();
  ASSERT_EQ(RunTengen("train go5 --budget 2000steps --run-dir " + run, true).code, 0);
  const auto raw = RunJson("match run:" + run + ",visits=0 random --game go5 --games 100");
  EXPECT_GE(raw.at("score").at("value"), 0.95);
  const auto search = RunJson("match run:" + run + ",visits=100 mcts:200 --game go5 --games 60");
  EXPECT_GE(search.at("score").at("low"), 0.5);
}

}  // namespace
}  // namespace tengen

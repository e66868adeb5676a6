// What `tengen view` tells the shell.

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

class ViewCommand : public ::testing::Test {
 protected:
  ProgramOutput View(const std::string& what) const {
    return RunTengen("view " + what + " --screenshot '" + picture_.string() + "'", /*errors=*/true);
  }

  TempFolder temp_;
  const std::filesystem::path picture_ = temp_ / "picture.png";
};

TEST_F(ViewCommand, WhatCannotBeShownIsAFailure) {
  const auto expect = [this](const std::string& what, const std::string& sentence) {
    const ProgramOutput output = View(what);
    EXPECT_EQ(output.code, 1) << what;
    EXPECT_THAT(output.text, ::testing::StartsWith("tengen: ")) << what;
    EXPECT_THAT(output.text, HasSubstr(sentence)) << what;
    EXPECT_TRUE(std::filesystem::remove(picture_)) << what << ": the picture shows it too";
  };
  expect("tictactoe --black run:/nonexistent", "no network in \"/nonexistent\"");
  expect("cartpole --policy run:/nonexistent", "/nonexistent");
  expect("/nonexistent.sgf", "/nonexistent.sgf");
}

TEST_F(ViewCommand, AnAgentThatIsNoneIsWrongUse) {
  for (const char* option : {"--black", "--white", "--analysis"}) {
    const ProgramOutput output = View(std::string("tictactoe ") + option + " bogus");
    EXPECT_EQ(output.code, 2) << option;
    EXPECT_THAT(output.text, HasSubstr("agent 'bogus', wanted")) << option;
  }
}

TEST_F(ViewCommand, APictureIsASuccess) {
  EXPECT_EQ(View("cartpole --policy random").code, 0);
  EXPECT_EQ(View("tictactoe --black mcts:10 --white person").code, 0);
  EXPECT_TRUE(std::filesystem::exists(picture_));
}

}  // namespace
}  // namespace tengen

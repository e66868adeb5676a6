// What commands print where: the answer on standard output, so that it can be kept, or with --json
// one line of JSON there and nothing else.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "tests/support/golden.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// The answer is on stdout without --json, and on stderr with it.
void ExpectAnswer(const std::string& command, const std::string& part) {
  const ProgramOutput plain = RunTengen(command, /*errors=*/false);
  EXPECT_EQ(plain.code, 0) << command;
  EXPECT_THAT(plain.text, HasSubstr(part)) << command;
  EXPECT_EQ(RunTengen(command, /*errors=*/true).text, "") << command;
  const ProgramOutput json = RunTengen(command + " --json", /*errors=*/false);
  EXPECT_EQ(json.code, 0) << command;
  EXPECT_FALSE(nlohmann::json::parse(json.text, nullptr, false).is_discarded()) << json.text;
  EXPECT_EQ(std::count(json.text.begin(), json.text.end(), '\n'), 1) << json.text;
  EXPECT_THAT(RunTengen(command + " --json", /*errors=*/true).text, HasSubstr(part)) << command;
}

TEST(Streams, AnswersGoToStandardOutput) {
  TempFolder temp;
  std::ofstream(temp / "game.sgf") << "(;SZ[3];B[bb])";
  const std::string game = (temp / "game.sgf").string();
  ExpectAnswer("sgf show " + game, "...\n.X.\n...\n1 moves, White to play");
  ExpectAnswer("sgf check " + game, "1 files, 1 games, 1 moves, 0 with problems");
  ExpectAnswer("perft tictactoe --depth 3", "504 action sequences of length 3");
  ExpectAnswer("episodes random --game cartpole --episodes 2 --threads 1", "mean return");
  ExpectAnswer("env replay " + Golden("control_transitions.json"),
               "largest deviation of the reward");
}

TEST(Streams, WhatIsWrongGoesToStandardError) {
  for (const std::string command : {"sgf show /nonexistent.sgf", "perft chess", "nonsense"}) {
    EXPECT_EQ(RunTengen(command, /*errors=*/false).text, "") << command;
    EXPECT_THAT(RunTengen(command, /*errors=*/true).text, testing::StartsWith("tengen: "));
  }
}

// Names that no file can have are the world's fault, and one sentence.
TEST(Streams, ErrorsOfTheFileSystemAreSentences) {
  const std::string name(300, 'x');
  for (const std::string& command :
       {"sgf show " + name, "sgf check " + name, "records verify " + name, "env replay " + name,
        "match random random --games 2 --game go:size=5 --sgf " + name,
        "match random random --games 2 --game go:size=5 --openings " + name}) {
    const ProgramOutput output = RunTengen(command, /*errors=*/true);
    EXPECT_EQ(output.code, 1) << command;
    EXPECT_THAT(output.text, testing::StartsWith("tengen: ")) << command;
    EXPECT_THAT(output.text, testing::Not(HasSubstr("internal error"))) << command;
    EXPECT_EQ(std::count(output.text.begin(), output.text.end(), '\n'), 1) << output.text;
  }
}

TEST(Streams, HelpThatNobodyTakesIsAFailure) {
  for (const char* command : {"--help", "--version", "version", "games"}) {
    const std::string text = StrCat("'", TENGEN_BINARY, "' ", command, " >/dev/full 2>/dev/null");
    const int status = std::system(text.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 1) << command;
  }
}

TEST(Streams, WrongOptionsNameTheCommandWhoseHelpTellsMore) {
  EXPECT_THAT(RunTengen("perft go5 --nonsense", /*errors=*/true).text,
              HasSubstr("See 'tengen perft --help'"));
  EXPECT_THAT(RunTengen("records inspect x --nonsense", /*errors=*/true).text,
              HasSubstr("See 'tengen records inspect --help'"));
  EXPECT_THAT(RunTengen("--nonsense", /*errors=*/true).text, HasSubstr("See 'tengen --help'"));
}

TEST(Streams, NamesNeedNotBeUtf8) {
  TempFolder temp;
  const std::string name = (temp / "caf\xe9.sgf").string();
  std::ofstream(name) << "(;SZ[3];B[bb];W[bb])";
  EXPECT_EQ(RunTengen("sgf show --move 1 '" + name + "' --json", /*errors=*/false).code, 0);
  const ProgramOutput check = RunTengen("sgf check '" + name + "' --json", /*errors=*/false);
  EXPECT_EQ(check.code, 1);
  EXPECT_EQ(nlohmann::json::parse(check.text).at("failures").size(), 1U);
}

}  // namespace
}  // namespace tengen

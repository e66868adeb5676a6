// Runs match, ladder, accuracy and exhaustive as people do: what was asked for on stdout, progress
// on stderr, and an honest answer after Ctrl-C.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "experiments/config/presets.h"
#include "experiments/players/anchor_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Where a command writes a text.
void ExpectOnStdout(const std::string& arguments, const std::string& text) {
  const ProgramOutput out = RunTengen(arguments, /*errors=*/false);
  EXPECT_EQ(out.code, 0) << arguments;
  EXPECT_THAT(out.text, HasSubstr(text)) << arguments;
  EXPECT_THAT(RunTengen(arguments, /*errors=*/true).text, Not(HasSubstr(text))) << arguments;
}

TEST(MeasuringCommands, ResultsGoToStdout) {
  ExpectOnStdout("match random random --game tictactoe --games 4", "  score  ");
  ExpectOnStdout("accuracy random --positions 2 --min-ply 34 --max-ply 36", "keeps the value in");
  ExpectOnStdout("exhaustive mcts:1 --game tictactoe", "as second player: ");
  ExpectOnStdout("ladder random --game tictactoe --games 4", "random = 0, with 95 % intervals");
}

TEST(MeasuringCommands, WithJsonStdoutIsOneObject) {
  for (const char* arguments : {"match random random --game tictactoe --games 4 --json",
                                "accuracy random --positions 2 --min-ply 34 --max-ply 36 --json",
                                "exhaustive mcts:1 --game tictactoe --json",
                                "ladder random --game tictactoe --games 4 --json"}) {
    const ProgramOutput out = RunTengen(arguments, /*errors=*/false);
    EXPECT_EQ(out.code, 0) << arguments;
    EXPECT_TRUE(nlohmann::json::accept(out.text)) << arguments << "\n" << out.text;
  }
}

TEST(Bench, SearchTellsOneThreadFromSeveral) {
  const ProgramOutput out =
      RunTengen("bench search --preset tictactoe --threads 2 --seconds 0.05 --json",
                /*errors=*/false);
  ASSERT_EQ(out.code, 0);
  const auto rows = nlohmann::json::parse(out.text).at("rows");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("name"), "1 thread, batch 1");
  EXPECT_EQ(rows[2].at("name"), "2 threads, 4 batches of 8");
  EXPECT_EQ(rows[2].at("against"), "1 thread, batch 8");
  for (const auto& row : rows) EXPECT_GT(row.at("value").get<double>(), 0.0);
}

TEST(Ladder, SaysWhenTheErrorsOfItsAnchorsAreUnknown) {
  const auto json = nlohmann::json::parse(
      RunTengen("ladder mcts:50 --game tictactoe --games 4 --json", /*errors=*/false).text);
  EXPECT_EQ(json.at("rows").size(), 1U);
  const bool known = AnchorFile::Parse(AnchorsJson())->record("tictactoe") != nullptr;
  EXPECT_EQ(json.at("anchor_errors"), known);
  EXPECT_EQ(json.at("stopped"), false);
}

TEST(Ladder, AnchorsAreMeasuredIntoAFileAndUsedFromIt) {
  TempFolder temp;
  const std::string file = (temp / "anchors.json").string();
  const std::string measure =
      "ladder --measure-anchors --game tictactoe --json --anchors " + file + " --games ";
  const ProgramOutput first = RunTengen(measure + "4", /*errors=*/false);
  ASSERT_EQ(first.code, 0);
  EXPECT_EQ(nlohmann::json::parse(first.text).at("rows").size(), 5U);
  const AnchorFile written = *AnchorFile::Read(file);
  ASSERT_NE(written.record("tictactoe"), nullptr);
  ASSERT_EQ(written.record("tictactoe")->matches.size(), 7U) << "5 anchors, the next two each";
  for (const AnchorMatch& match : written.record("tictactoe")->matches) {
    EXPECT_EQ(match.pairs.pairs(), 2) << match.a << " " << match.b;
  }
  // Over already: nothing is played, and the same comes out.
  const ProgramOutput again = RunTengen(measure + "4", /*errors=*/true);
  EXPECT_THAT(again.text, Not(HasSubstr("against")));
  EXPECT_EQ(RunTengen(measure + "4", /*errors=*/false).text, first.text);

  const ProgramOutput other = RunTengen(measure + "4 --seed 2", /*errors=*/true);
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.text, HasSubstr("with --seed 1 --opening-plies 2, wanted the same"));

  const auto placed = nlohmann::json::parse(
      RunTengen("ladder random mcts:50 --game tictactoe --games 4 --json --anchors " + file,
                /*errors=*/false)
          .text);
  EXPECT_EQ(placed.at("anchor_errors"), true);
  EXPECT_EQ(placed.at("rows").size(), 2U);
  EXPECT_TRUE(placed.at("rows")[1].contains("to_previous"));
}

TEST(Ladder, ADamagedFileOfAnchorsIsASentence) {
  TempFolder temp;
  std::ofstream(temp / "anchors.json") << "{\"games\": 3}";
  const ProgramOutput out =
      RunTengen("ladder random --game tictactoe --anchors " + (temp / "anchors.json").string(),
                /*errors=*/true);
  EXPECT_EQ(out.code, 1);
  EXPECT_THAT(out.text, HasSubstr("not a file of anchors"));
}

TEST(Ladder, InterruptedItNamesThoseWhoDidNotPlay) {
  // The agent in the middle has 800 games of 40 ms or more to play, so that the interruption finds
  // the last one still waiting on any processor.
  const ProgramOutput out =
      InterruptTengen("ladder random mcts:100000 mcts:50 --game tictactoe --games 400 --json",
                      "random against mcts:200");
  EXPECT_EQ(out.code, 0);
  const auto json = nlohmann::json::parse(LastLine(out.text));
  EXPECT_EQ(json.at("stopped"), true);
  EXPECT_THAT(json.at("not_played"), ::testing::Contains("mcts:50"));
  for (const auto& row : json.at("rows")) EXPECT_NE(row.at("name"), "mcts:50");
}

TEST(MeasuringCommands, WrongUseIsNotTakenForSomethingElse) {
  const auto refusal = [](const std::string& command) {
    const ProgramOutput output = RunTengen(command, /*errors=*/true);
    EXPECT_EQ(output.code, 2) << command;
    return output.text;
  };
  EXPECT_THAT(refusal("exhaustive random --game cartpole"), HasSubstr("for one player"));
  for (const char* seed : {"-1", "9223372036854775808", "99999999999999999999", "1.5", "1e3"}) {
    for (const char* command :
         {"match random random --games 2 --game tictactoe --seed ", "rl ppo cartpole --seed "}) {
      EXPECT_THAT(refusal(StrCat(command, seed)), HasSubstr("wanted a whole number from 0"));
    }
  }
  EXPECT_THAT(refusal("records inspect nowhere --json"), HasSubstr("--game"));
  EXPECT_THAT(refusal("records inspect nowhere --game -1"), HasSubstr("wanted a number above -1"));
}

TEST(Exhaustive, InterruptedItSaysHowFarItCame) {
  const ProgramOutput out =
      InterruptTengen("exhaustive mcts:20 --game connect4", "as first player");
  EXPECT_EQ(out.code, 0);
  EXPECT_THAT(out.text, HasSubstr("stopped after"));
  EXPECT_THAT(out.text, HasSubstr("lost so far"));
  EXPECT_THAT(out.text, Not(HasSubstr("second player")));
}

TEST(Accuracy, InterruptedItSaysWhatWasAsked) {
  const ProgramOutput out = InterruptTengen(
      "accuracy mcts:20 --positions 100000 --min-ply 30 --max-ply 36 --json", "Solving");
  EXPECT_EQ(out.code, 0);
  const auto json = nlohmann::json::parse(LastLine(out.text));
  EXPECT_EQ(json.at("wanted"), 100000);
  EXPECT_LT(json.at("positions"), 100000);
  EXPECT_EQ(json.at("rows")[0].at("positions"), 0);
  EXPECT_FALSE(json.at("rows")[0].contains("value")) << "nothing was asked, nothing is told";
}

TEST(Match, InterruptedItSaysHowManyGamesWerePlayed) {
  const ProgramOutput out =
      InterruptTengen("match mcts:50 random --game tictactoe --games 100000 --json", "10000 games");
  EXPECT_EQ(out.code, 0);
  EXPECT_LT(nlohmann::json::parse(LastLine(out.text)).at("games"), 100000);
}

TEST(Match, ASequentialTestKeepsTheRecordsOfTheGamesItCounts) {
  TempFolder temp;
  const std::string folder = (temp / "games").string();
  const std::string command =
      "match mcts:20 random --game go:size=5 --games 200 --parallel 4 "
      "--sprt elo0=0,elo1=200 --json --sgf " +
      folder;
  const ProgramOutput out = RunTengen(command, /*errors=*/false);
  ASSERT_EQ(out.code, 0);
  const auto json = nlohmann::json::parse(out.text);
  EXPECT_EQ(json.at("sprt").at("verdict"), "H1");
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    files.insert(file.path().filename().string());
  }
  const int games = json.at("games");
  EXPECT_EQ(static_cast<int>(files.size()), games);
  for (int game = 1; game <= games; ++game) {
    char name[32];
    std::snprintf(name, sizeof(name), "game-%05d.sgf", game);
    EXPECT_TRUE(files.contains(name)) << name;
  }
  // The records of another match would mix with these.
  const ProgramOutput again = RunTengen(command, /*errors=*/true);
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.text, HasSubstr("wanted a folder without records"));
}

}  // namespace
}  // namespace tengen

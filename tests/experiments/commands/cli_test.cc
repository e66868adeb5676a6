// Runs the program itself: exit codes, one clear sentence, JSON on stdout.

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/shell_word.h"
#include "experiments/config/version.h"
#include "experiments/players/agent_spec.h"
#include "nets/device.h"
#include "tests/support/fake_gtp.h"
#include "tests/support/golden.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

void ExpectError(const std::string& arguments, int code, const std::string& part) {
  const ProgramOutput output = RunTengen(arguments, /*errors=*/true);
  EXPECT_EQ(output.code, code) << arguments << "\n" << output.text;
  EXPECT_THAT(output.text, HasSubstr(part)) << arguments;
  EXPECT_THAT(output.text, ::testing::Not(HasSubstr("internal error"))) << arguments;
}

// Options of `train` for a network that takes no time; `run` is a word of a shell.
std::string Tiny(const std::string& run) {
  return " --no-forecast --set net.channels=8 net.blocks=1 learner.first_positions=200 "
         "selfplay.parallel_games=16 --run-dir " +
         run;
}

TEST(CommandLine, WrongUseIsExitCode2WithTheNearestName) {
  TempFolder temp;
  const std::string dir = " --run-dir " + (temp / "run").string();
  ExpectError("train go55" + dir, 2, "did you mean 'go5'?");
  ExpectError("train alphagoo9" + dir, 2, "did you mean 'alphago9'?");
  ExpectError("combinations /nowhere", 1, "/nowhere is not there");
  ExpectError("ladder random --game go5 --gnugo /nowhere", 1, "no program /nowhere");
  ExpectError("train go5 --set selfplay.ful_visits=3" + dir, 2,
              "did you mean 'selfplay.full_visits'?");
  ExpectError("rl dqn pendulum" + dir, 2, "dqn needs discrete actions");
  ExpectError("nonsense", 2, "nonsense");
  ExpectError("match random mcts:x", 2, "mcts:ROLLOUTS");
  ExpectError("perft chess", 2, "unknown game 'chess'");
  ExpectError("bench board --seconds -1", 2, "seconds");
  EXPECT_FALSE(std::filesystem::exists(temp / "run")) << "wrong use must not create a run folder";
}

// What --print-config wrote and what a run folder holds.
TEST(CommandLine, AFileOfAlphaGosConfigIsAPreset) {
  TempFolder temp;
  const std::string file = (temp / "mine.json").string();
  const ProgramOutput printed =
      RunTengen("train alphago9-gpu --set name=mine --print-config", /*errors=*/false);
  std::ofstream(file) << printed.text;
  const ProgramOutput again =
      RunTengen("train '" + file + "' --budget 2h --print-config", /*errors=*/false);
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.text, HasSubstr("\"name\": \"mine\""));
  EXPECT_THAT(again.text, HasSubstr("\"channels\": 128"));
  EXPECT_THAT(again.text, HasSubstr("\"budget\": \"2h\""));
  std::ofstream(file) << R"({"task": "alphago", "selfplay": {"games": []}, "blcks": 3})";
  ExpectError("train '" + file + "'", 2, "did you mean 'blocks'?");
}

TEST(CommandLine, LearningThatRanAwayIsExitCode1) {
  TempFolder temp;
  ExpectError("rl ppo pendulum --set ppo.lr=1e30 --steps 5000 --run-dir " + (temp / "run").string(),
              1, "wanted a finite one");
}

TEST(CommandLine, CudaWithoutADeviceIsExitCode1) {
  if (ParseDevice("cuda").ok()) {
    SUCCEED() << "this machine has CUDA";
    return;
  }
  TempFolder temp;
  ExpectError("train go5 --device cuda --run-dir " + (temp / "run").string(), 1, "cuda");
}

// The run waits for room; who stops it then gets an error.
TEST(CommandLine, AFullDiskIsWaitedForAndExitCode1WhenStopped) {
  // /dev/full accepts no byte.
  if (!std::filesystem::exists("/dev/full")) return;
  TempFolder temp;
  const std::string train = "train tictactoe" + Tiny((temp / "run").string());
  ASSERT_EQ(RunTengen(train + " --budget 1games", /*errors=*/true).code, 0);
  std::filesystem::remove(temp / "run/metrics.jsonl");
  std::filesystem::create_symlink("/dev/full", temp / "run/metrics.jsonl");
  const ProgramOutput output =
      InterruptTengen(train + " --budget 1steps",
                      "metrics.jsonl\": No space left on device; the run waits for room");
  EXPECT_EQ(output.code, 1);
}

TEST(CommandLine, OutputThatNobodyCanTakeIsExitCode1) {
  if (!std::filesystem::exists("/dev/full")) return;
  TempFolder temp;
  std::ofstream(temp / "game.sgf") << "(;SZ[5];B[aa])";
  const std::string errors = (temp / "errors").string();
  for (const std::string& command :
       {std::string("games"), "sgf show " + (temp / "game.sgf").string() + " --json"}) {
    // The comment takes the redirection that RunTengen adds.
    const ProgramOutput output = RunTengen(command + " > /dev/full 2> " + errors + " #", false);
    EXPECT_EQ(output.code, 1) << command;
    std::ostringstream text;
    text << std::ifstream(errors).rdbuf();
    EXPECT_THAT(text.str(), HasSubstr("tengen: cannot write to standard output")) << command;
  }
  // A reader that has seen enough.
  EXPECT_EQ(
      RunTengen("sgf show " + (temp / "game.sgf").string() + " --json | head -c 9", false).text,
      "{\"size\":5");
}

TEST(CommandLine, SgfFilesMayNestDeepAndDamagedOnesSayWhere) {
  TempFolder temp;
  const std::string path = (temp / "game.sgf").string();
  std::string text = "(;SZ[19]";
  for (int i = 0; i < 10000; ++i) text += "(;C[side])(;B[]";
  std::ofstream(path) << text + std::string(10001, ')');
  const ProgramOutput output = RunTengen("sgf show " + path + " --json", /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  EXPECT_EQ(nlohmann::json::parse(output.text).at("moves"), 0) << "the first variation has none";
  std::ofstream(path) << "(;SZ[9]\n;B[ee];W[g";
  ExpectError("sgf show " + path, 1, "line 2, column 9: the file ends inside this value of W");
  ExpectError("sgf show " + path + "x", 1, "game.sgfx");
}

TEST(CommandLine, AMissingRunIsExitCode1) {
  ExpectError("match run:/nonexistent random --game tictactoe", 1, "no network in");
  ExpectError("records verify /nonexistent", 1, "no record shards");
}

TEST(CommandLine, MatchPlaysOutsidePrograms) {
  TempFolder temp;
  // Our own engine is one: it must play as the agent inside it does.
  const std::string engine =
      "'gtp:\"" + std::string(TENGEN_BINARY) + " gtp random --resign-below -1\"'";
  const ProgramOutput output =
      RunTengen("match random " + engine + " --game go:size=5,komi=0.5 --games 4 --parallel 2 " +
                    "--opening-plies 3 --json --sgf " + (temp / "sgf").string(),
                /*errors=*/false);
  EXPECT_EQ(output.code, 0);
  const auto json = nlohmann::json::parse(LastLine(output.text));
  EXPECT_EQ(json.at("games"), 4);
  EXPECT_EQ(json.at("program_b"), std::string("Tengen ") + kVersion);
  EXPECT_EQ(json.at("ends").at("rules"), 4);
  EXPECT_EQ(json.at("disputed"), 0);
  EXPECT_EQ(json.at("distinct_openings"), 2);
  EXPECT_EQ(json.at("pairs").size(), 5U);
  const ProgramOutput check =
      RunTengen("sgf check " + (temp / "sgf").string() + " --json", /*errors=*/false);
  EXPECT_EQ(check.code, 0);
  const auto report = nlohmann::json::parse(LastLine(check.text));
  EXPECT_EQ(report.at("games"), 4);
  EXPECT_TRUE(report.at("failures").empty());
}

TEST(CommandLine, AProgramThatFailsIsReportedAndNotFatal) {
  const std::string match =
      "match random 'gtp:\"" + FakeGtp("exit") + "\",timeout=5' --game go:size=5 --games 2 --json";
  const ProgramOutput output = RunTengen(match, /*errors=*/false);
  EXPECT_EQ(output.code, 0);
  const auto json = nlohmann::json::parse(LastLine(output.text));
  EXPECT_EQ(json.at("wins"), 2);
  EXPECT_EQ(json.at("failures_b").at("exit"), 2);
  EXPECT_THAT(RunTengen(match, /*errors=*/true).text,
              HasSubstr("lost the game: ended at 'genmove B': exit code 3"));
  ExpectError("match random 'gtp:\"/nonexistent/gnugo\"' --game go:size=5", 1, "exit code 127");
  ExpectError("match random 'gtp:\"" + FakeGtp("silent") + "\",timeout=0.2' --game go:size=5", 1,
              "no answer to 'protocol_version'");
  ExpectError("match random 'gtp:\"x' --game go:size=5", 2, "a quote is open");
  ExpectError("match random random --sprt elo0=5,elo1=1 --game go:size=5", 2, "elo0 < elo1");
  ExpectError("match random random --sgf x --game tictactoe", 2, "wanted go");
  ExpectError("match random random --openings /nonexistent --game go:size=5", 1, "no such");
  ExpectError("gtp 'gtp:\"x\"'", 2, "wanted another agent");
}

TEST(CommandLine, PerftPrintsOneJsonObject) {
  // 9, 9 * 8, ...: tic-tac-toe has 9 * 8 * 7 = 504 sequences of three moves.
  const ProgramOutput output = RunTengen("perft tictactoe --depth 3 --json", /*errors=*/false);
  EXPECT_EQ(output.code, 0);
  EXPECT_EQ(nlohmann::json::parse(output.text).at("nodes"), 504);
}

TEST(CommandLine, EnvReplayPrintsRowsAsJson) {
  const ProgramOutput output =
      RunTengen("env replay " + Golden("control_transitions.json") + " --json", /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  const auto result = nlohmann::json::parse(LastLine(output.text));
  int states = 0;
  for (const auto& row : result.at("rows")) {
    if (!row.at("name").get<std::string>().ends_with(" state")) continue;
    ++states;
    EXPECT_LE(row.at("value"), 1e-12);
  }
  EXPECT_EQ(states, 5);
  ExpectError("env replay /nonexistent.json", 1, "cannot read");
}

TEST(CommandLine, MatchPrintsAResultAsJson) {
  const ProgramOutput output =
      RunTengen("match mcts:50 random --game tictactoe --games 4 --json", /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  const auto json = nlohmann::json::parse(output.text);
  EXPECT_EQ(json.at("games"), 4);
  EXPECT_EQ(json.at("wins").get<int>() + json.at("draws").get<int>() + json.at("losses").get<int>(),
            4);
}

TEST(CommandLine, ErrorsOfTheFileSystemAreSentences) {
  const std::string name(300, 'x');
  ExpectError("match run:" + name + " random", 1, "no network in");
  ExpectError("nets show " + name, 1, "File name too long");
  ExpectError("analyze --net " + name + " x.sgf", 1, "x.sgf");
  ExpectError("train " + name, 2, "no preset or config file");
  ExpectError("report " + name, 2, "");
  ExpectError("train tictactoe --run-dir " + name, 1, "File name too long");
}

// The name of a folder with all that agents' texts and shells give a meaning to.
TEST(CommandLine, ARunIsTrainedMatchedAndVerified) {
  TempFolder temp;
  const std::filesystem::path folder = temp / "a, b@c";
  const std::string run = ShellWord(folder.string());
  const auto agent = [&](const std::string& options) {
    return ShellWord("run:" + AgentWord(folder.string()) + options);
  };
  const ProgramOutput trained =
      RunTengen("train tictactoe --budget 10steps" + Tiny(run), /*errors=*/true);
  ASSERT_EQ(trained.code, 0);
  EXPECT_THAT(trained.text, HasSubstr("./tengen match " + agent("") + " mcts:200"))
      << "a command to paste";
  EXPECT_EQ(RunTengen("records verify " + run, true).code, 0);
  EXPECT_EQ(RunTengen("match " + agent(",visits=8") + " " + agent("@0,visits=0") +
                          " --game tictactoe --games 2",
                      true)
                .code,
            0);
  ExpectError("match " + agent("@7") + " random --game tictactoe", 1, "no checkpoint of step 7");
  ExpectError("match " + agent("") + " random --game othello", 1, "");
  EXPECT_EQ(RunTengen("nets show " + run, false).code, 0);
  // The same folder with another config, and a truncated network.
  ExpectError("train tictactoe --set net.channels=16 --run-dir " + run, 2,
              "holds a run with another config");
  const auto weights = folder / "checkpoints/00000010/model.safetensors";
  std::filesystem::resize_file(weights, std::filesystem::file_size(weights) / 2);
  ExpectError("match " + agent("") + " random --game tictactoe", 1, "model.safetensors");
}

}  // namespace
}  // namespace tengen

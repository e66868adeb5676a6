#include "agents/gtp/gtp_agent.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/handicap.h"
#include "tests/support/fake_gtp.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<const GoGame> Game(BoardShape shape) {
  GoSetup setup;
  setup.shape = shape;
  setup.rules.half_komi = 13;
  return *GoGame::Make(setup);
}

GtpAgent Agent(const std::string& command, double timeout_s = 10.0) {
  GtpAgentOptions options;
  options.client.process.command = command;
  options.client.timeout_s = timeout_s;
  return {"gtp", options};
}

// A shell script that answers "=" to everything, genmove by its argument, and writes what it was
// told to a file.
std::string Recorder(const std::filesystem::path& file, const std::string& known,
                     const std::string& move) {
  return "while read id rest; do echo \"$rest\" >> " + file.string() +
         "; case $rest in protocol_version) a=2;; list_commands) a='" + known +
         "';; genmove*) a=" + move + ";; *) a=;; esac; printf '=%s %s\\n\\n' $id \"$a\"; done";
}

std::vector<std::string> Lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(GtpAgent, TellsTheGameThenTheMoves) {
  TempFolder temp;
  const auto game = Game({5, 5});
  const auto state = game->NewState();
  Rng rng(1, RngRole::kTest);
  state->Apply(*game->ParseAction("C3"));
  {
    GtpAgent agent = Agent(Recorder(temp / "told", "time_settings", "B2"));
    const ActResult act = agent.Act(*state, rng);
    EXPECT_EQ(act.action, *game->ParseAction("B2"));
    state->Apply(act.action);
    state->Apply(game->pass());
    (void)agent.Act(*state, rng);  // the script's B2 is now illegal: the program is ended
  }
  EXPECT_THAT(Lines(temp / "told"), ElementsAre("protocol_version", "list_commands", "boardsize 5",
                                                "clear_board", "komi 6.5", "play B C3", "genmove W",
                                                "play B pass", "genmove W", "quit"));
}

TEST(GtpAgent, TellsRulesRectanglesTimeAndHandicapWhereTheyAreKnown) {
  TempFolder temp;
  GoSetup setup;
  setup.shape = {7, 9};
  setup.rules = *Rules::Parse("new-zealand");
  const auto with_handicap = WithHandicap(setup, {0, 10});
  ASSERT_TRUE(with_handicap.ok());
  const auto game = *GoGame::Make(*with_handicap);
  Rng rng(1, RngRole::kTest);
  {
    GtpAgentOptions options;
    options.client.process.command =
        Recorder(temp / "told", "kata-set-rules time_settings set_free_handicap", "pass");
    // One name a line, as list_commands has it.
    const std::string spaces = "kata-set-rules time_settings set_free_handicap";
    std::string& command = options.client.process.command;
    command.replace(command.find(spaces), spaces.size(),
                    "kata-set-rules\ntime_settings\nset_free_handicap");
    options.seconds = 2.5;
    GtpAgent agent("gtp", options);
    EXPECT_EQ(agent.Act(*game->NewState(), rng).action, game->pass());
  }
  const std::vector<std::string> told = Lines(temp / "told");
  ASSERT_GE(told.size(), 9U);
  EXPECT_THAT(told[2], HasSubstr("kata-set-rules {"));
  EXPECT_THAT(told[2], HasSubstr("\"ko\":\"SITUATIONAL\""));
  EXPECT_THAT(told[2], HasSubstr("\"suicide\":true"));
  EXPECT_EQ(told[3], "rectangular_boardsize 9 7");
  EXPECT_EQ(told[4], "clear_board");
  EXPECT_EQ(told[5], "komi 7");
  EXPECT_EQ(told[6], "time_settings 0 2.5 1");
  EXPECT_EQ(told[7], "set_free_handicap A7 B6");
  EXPECT_EQ(told[8], "genmove W");
}

TEST(GtpAgent, APositionThatDoesNotFollowIsToldAnew) {
  const auto game = Game({5, 5});
  GtpAgent agent = Agent(FakeGtp("play"));
  Rng rng(1, RngRole::kTest);
  EXPECT_EQ(game->ActionText(agent.Act(*game->NewState(), rng).action), "A5");
  const auto other = game->NewState();
  other->Apply(0);
  other->Apply(7);
  EXPECT_EQ(game->ActionText(agent.Act(*other, rng).action), "B5");
}

TEST(GtpAgent, KnowsItsOwnScore) {
  const auto game = Game({5, 5});
  GtpAgent agent = Agent(FakeGtp("play"));
  const auto state = game->NewState();
  state->Apply(game->pass());
  state->Apply(game->pass());
  ASSERT_TRUE(agent.Prepare(*game).ok());
  EXPECT_EQ(agent.OwnScore(*state), 3.5F);
}

TEST(GtpAgent, ResignsAndPasses) {
  const auto game = Game({5, 5});
  Rng rng(1, RngRole::kTest);
  EXPECT_TRUE(Agent(FakeGtp("resign")).Act(*game->NewState(), rng).resigns);
  EXPECT_EQ(Agent(FakeGtp("pass")).Act(*game->NewState(), rng).action, game->pass());
}

TEST(GtpAgent, FailuresAreResultsAndTheNextGameGoesOn) {
  const auto game = Game({5, 5});
  const struct {
    const char* mode;
    AgentFailure failure;
    const char* part;
  } cases[] = {{"exit", AgentFailure::kExit, "exit code 3"},
               {"hang", AgentFailure::kTimeout, "no answer"},
               {"nonsense", AgentFailure::kBadAnswer, "'the upper left corner', wanted a point"},
               {"refuse", AgentFailure::kBadAnswer, "refused 'genmove B': I do not want to"},
               {"illegal", AgentFailure::kIllegalMove, "which the rules forbid"}};
  for (const auto& test : cases) {
    const double timeout_s = test.failure == AgentFailure::kTimeout ? 1.0 : 20.0;
    GtpAgent agent = Agent(FakeGtp(test.mode, 2), timeout_s);
    Rng rng(1, RngRole::kTest);
    for (int round = 0; round < 2; ++round) {
      agent.Restart();
      const auto state = game->NewState();
      const ActResult first = agent.Act(*state, rng);
      ASSERT_EQ(first.failure, AgentFailure::kNone) << first.failure_text;
      state->Apply(first.action);
      state->Apply(24);
      const ActResult second = agent.Act(*state, rng);
      EXPECT_EQ(second.failure, test.failure) << test.mode;
      EXPECT_EQ(second.action, kNoAction);
      EXPECT_THAT(second.failure_text, HasSubstr(test.part));
    }
  }
}

TEST(GtpAgent, PrepareSaysWhatTheProgramDoesNotPlay) {
  EXPECT_THAT(Agent(FakeGtp("small")).Prepare(*Game({5, 5})).error(),
              HasSubstr("refused 'boardsize 5': unacceptable size"));
  EXPECT_THAT(Agent("exit 4").Prepare(*Game({5, 5})).error(), HasSubstr("exit code 4"));
  EXPECT_TRUE(Agent(FakeGtp("small")).Prepare(*Game({9, 9})).ok());
}

}  // namespace
}  // namespace tengen

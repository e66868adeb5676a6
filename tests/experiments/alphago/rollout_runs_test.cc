// Runs of the linear policy, and the agents that play what they leave.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/alphago/rollout_policy_run.h"
#include "experiments/alphago/rollout_reinforce_run.h"
#include "experiments/config/usage_error.h"
#include "experiments/players/agent_spec.h"
#include "tests/support/go_records.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// Short random games as SGF; the last player resigns.
void WriteGames(const std::filesystem::path& folder, int size, int count) {
  std::filesystem::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    Rng rng(static_cast<std::uint64_t>(size), RngRole::kTest, static_cast<std::uint64_t>(i));
    const GameRecord record = RandomGoRecord(StrCat("go:size=", size), rng);
    std::ofstream out(folder / StrCat(size, "-", i, ".sgf"));
    out << "(;GM[1]FF[4]SZ[" << size << "]KM[7]RE[B+R]";
    for (std::size_t ply = 0; ply < 30 && ply < record.plies.size(); ++ply) {
      const Action action = record.plies[ply].action;
      out << (ply % 2 == 0 ? ";B[" : ";W[");
      if (action < size * size) {
        out << static_cast<char>('a' + action % size) << static_cast<char>('a' + action / size);
      }
      out << "]";
    }
    out << ")\n";
  }
}

RolloutPolicyConfig SmallConfig(const TempFolder& temp) {
  RolloutPolicyConfig config;
  config.sgf = (temp / "sgf").string();
  config.linear.epochs = 2;
  config.linear.least_count = 3;
  return config;
}

TEST(RolloutPolicyRun, GoesOnAfterAPassAndEndsWithTheSameBytes) {
  TempFolder temp;
  WriteGames(temp / "sgf", 5, 20);
  const std::atomic<bool> on = false;
  RolloutPolicyRun whole(SmallConfig(temp), temp / "whole");
  whole.Go(on);
  const RolloutPolicyResult result = whole.Measure();
  EXPECT_EQ(result.games, 2);
  EXPECT_GT(result.positions, 20);
  EXPECT_GT(result.loss, 0.0);
  {
    // As a killed process leaves it: one pass is done. The games may be gone.
    RolloutPolicyRun first(SmallConfig(temp), temp / "parts");
    LinearPolicy policy = first.policy();
    const auto games = LoadGameSplit(temp / "parts").value();
    LinearTrainer(games.train, SmallConfig(temp).linear).Run(policy, 0);
    WriteLinearPolicy(first.policy_file(), policy, {{"epochs_done", "1"}});
  }
  std::filesystem::rename(temp / "sgf", temp / "elsewhere");
  RolloutPolicyRun resumed(SmallConfig(temp), temp / "parts");
  EXPECT_FALSE(resumed.done());
  EXPECT_THAT(resumed.Outlook(), HasSubstr("goes on after 1 of 2"));
  resumed.Go(on);
  EXPECT_EQ(resumed.policy().weights, whole.policy().weights);
  EXPECT_EQ(resumed.policy().features->words(), whole.policy().features->words());
}

TEST(RolloutPolicyRun, SaysWhatIsWrongWithItsGames) {
  TempFolder temp;
  WriteGames(temp / "sgf", 5, 3);
  RolloutPolicyConfig config = SmallConfig(temp);
  config.size = 9;
  EXPECT_THROW(
      {
        try {
          RolloutPolicyRun run(config, temp / "run");
        } catch (const WorldError& error) {
          EXPECT_THAT(error.what(), HasSubstr("another board size, 3 times"));
          throw;
        }
      },
      WorldError);
  EXPECT_FALSE(std::filesystem::exists(temp / "run"));
}

TEST(RolloutReinforceRun, GoesOnWithItsPool) {
  TempFolder temp;
  WriteGames(temp / "sgf", 5, 10);
  const std::atomic<bool> on = false;
  RolloutPolicyRun(SmallConfig(temp), temp / "run").Go(on);
  RolloutReinforceConfig config;
  config.from = (temp / "run").string();
  config.game = "go:size=5";
  config.linear.games = 2;
  config.linear.pool_every = 2;
  RolloutReinforceRun whole(config, temp / "whole");
  whole.Go(*Budget::Parse("10games"), /*threads=*/1, on);
  {
    RolloutReinforceRun first(config, temp / "parts");
    first.Go(*Budget::Parse("6games"), /*threads=*/1, on);
  }
  RolloutReinforceConfig again = config;
  again.from = "";
  RolloutReinforceRun resumed(again, temp / "parts");
  EXPECT_EQ(resumed.learner().batches(), 3);
  EXPECT_EQ(resumed.learner().pool().size(), 2U);
  resumed.Go(*Budget::Parse("10games"), /*threads=*/2, on);
  EXPECT_EQ(resumed.learner().policy().weights, whole.learner().policy().weights);
  const Interval score = resumed.MeasureAgainstStart(20);
  EXPECT_GE(score.value, score.low);
  EXPECT_LE(score.value, score.high);
}

TEST(RolloutReinforceRun, WantsAPolicyAndGo) {
  TempFolder temp;
  RolloutReinforceConfig config;
  EXPECT_THROW(RolloutReinforceRun(config, temp / "a"), UsageError);
  config.from = (temp / "nothing").string();
  EXPECT_THROW(RolloutReinforceRun(config, temp / "b"), UsageError);
  config.game = "tictactoe";
  EXPECT_THROW(RolloutReinforceRun(config, temp / "c"), UsageError);
}

class AlphaGoAgents : public testing::Test {
 protected:
  AlphaGoAgents() {
    WriteGames(temp_ / "sgf", 5, 10);
    const std::atomic<bool> on = false;
    RolloutPolicyRun(SmallConfig(temp_), temp_ / "run/rollouts").Go(on);
  }

  Result<AgentFactory> Open(const std::string& text) {
    const auto spec = AgentSpec::Parse(text);
    if (!spec) return Error{spec.error()};
    return AgentFactory::Open(*spec, *MakeGame("go:size=5"), Device::kCpu);
  }
  std::string Run() const { return (temp_ / "run").string(); }

  TempFolder temp_;
};

TEST_F(AlphaGoAgents, PlayWithTheStagesThatAreThere) {
  const auto game = MakeGame("go:size=5").value();
  for (const std::string& text :
       {"rollouts:" + Run() + "/rollouts/rollout_policy.safetensors,visits=20",
        "rollouts:" + Run() + ",visits=0", "alphago:" + Run() + ",visits=20",
        "alphago:" + Run() + ",visits=20,rollouts=off,value=off,batch=4",
        "alphago:" + Run() + ",visits=20,lambda=0.25,expand=4,policy=linear",
        "alphago:" + Run() + ",visits=0"}) {
    auto factory = Open(text);
    ASSERT_TRUE(factory.ok()) << factory.error();
    EXPECT_TRUE(factory->searches());
    const auto agent = factory->Make();
    const auto state = game->NewState();
    Rng rng(1, RngRole::kTest);
    for (int ply = 0; ply < 6; ++ply) {
      const ActResult move = agent->Act(*state, rng);
      ASSERT_TRUE(state->IsLegal(move.action)) << text;
      state->Apply(move.action);
    }
  }
}

TEST_F(AlphaGoAgents, SayWhatIsMissing) {
  EXPECT_THAT(Open("alphago:" + Run() + ",policy=rl").error(), HasSubstr("rollout-reinforce"));
  EXPECT_THAT(Open("alphago:" + Run() + ",value=on").error(), HasSubstr("wanted value=off"));
  EXPECT_THAT(Open("alphago:/nowhere").error(), HasSubstr("/nowhere"));
  EXPECT_THAT(Open("alphago:" + Run() + ",lambda=2").error(), HasSubstr("wanted 0 to 1"));
  EXPECT_THAT(Open("alphago:" + Run() + ",policy=x").error(), HasSubstr("wanted sl, rl or linear"));
  EXPECT_THAT(Open("rollouts:" + Run() + ",lambda=1").error(), HasSubstr("unknown option"));
  const auto spec = *AgentSpec::Parse("rollouts:" + Run());
  EXPECT_THAT(AgentFactory::Open(spec, *MakeGame("tictactoe"), Device::kCpu).error(),
              HasSubstr("wanted go"));
}

// The commands that need no LibTorch run in the program without it.
TEST_F(AlphaGoAgents, CommandsTrainAndPlay) {
  const std::string learnt = (temp_ / "learnt").string();
  const ProgramOutput policy = RunTengen("learn rollout-policy --sgf " + (temp_ / "sgf").string() +
                                             " --run-dir " + learnt + " --epochs 1 --json",
                                         /*errors=*/false);
  EXPECT_EQ(policy.code, 0);
  EXPECT_THAT(policy.text, HasSubstr("\"task\":\"rollout-policy\""));
  const ProgramOutput reinforced =
      RunTengen("learn rollout-reinforce --from " + learnt + " --game go:size=5 --run-dir " +
                    (temp_ / "rl").string() + " --budget 64games --match-games 10 --json",
                /*errors=*/false);
  EXPECT_EQ(reinforced.code, 0);
  EXPECT_THAT(reinforced.text, HasSubstr("score against the start"));
  const ProgramOutput match =
      RunTengen("match rollouts:" + learnt + ",visits=10 random --game go:size=5 --games 2", false);
  EXPECT_EQ(match.code, 0);
  EXPECT_THAT(RunTengen("learn rollout-reinforce", /*errors=*/true).text, HasSubstr("--from"));
}

}  // namespace
}  // namespace tengen

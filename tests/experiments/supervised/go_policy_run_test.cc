#include "experiments/supervised/go_policy_run.h"

#include <fstream>
#include <set>
#include <sstream>

#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

// Random games on 3x3, in SGF.
std::string RandomSgf(std::uint64_t seed) {
  const auto game = MakeGame("go:size=3").value();
  const auto state = game->NewState();
  Rng rng(seed, RngRole::kTest);
  std::string moves;
  for (int ply = 0; ply < 12 && !state->IsTerminal(); ++ply) {
    std::vector<Action> legal;
    state->LegalActions(legal);
    const Action action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    moves += ply % 2 == 0 ? ";B[" : ";W[";
    if (action < 9)
      moves += {static_cast<char>('a' + action % 3), static_cast<char>('a' + action / 3)};
    moves += "]";
    state->Apply(action);
  }
  return "(;GM[1]SZ[3]KM[0.5]RE[B+T]" + moves + ")\n";
}

class GoPolicy : public ::testing::Test {
 protected:
  GoPolicy() {
    std::ofstream out(temp_ / "games.sgf");
    for (std::uint64_t seed = 1; seed <= 20; ++seed) out << RandomSgf(seed);
  }

  GoPolicyConfig TinyConfig(const std::string& budget) const {
    GoPolicyConfig config = LoadGoPolicyPreset("3x32").value();
    config.sgf = (temp_ / "games.sgf").string();
    config.train.net = {
        .channels = 8, .blocks = 1, .pool_every = 0, .head_channels = 8, .head_hidden = 8};
    config.train.learner.batch_size = 16;
    config.train.checkpoint_steps = 4;
    config.train.deterministic = true;
    config.train.budget = budget;
    return config;
  }

  static std::vector<LearnRow> Train(const GoPolicyConfig& config, const fs::path& folder) {
    const std::atomic<bool> stop{false};
    GoPolicyRun run(config, folder);
    run.Go(stop);
    return run.Measure();
  }

  static std::string Weights(const fs::path& run, std::int64_t step) {
    std::ifstream in(RunFolder::Checkpoint(run, step) / "model.safetensors", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  TempFolder temp_;
};

std::vector<GameRecord> GamesIn(const fs::path& folder) {
  RecordShardReader reader(ListShards(folder));
  std::vector<GameRecord> games;
  while (auto record = reader.Next()) games.push_back(std::move(*record));
  return games;
}

TEST_F(GoPolicy, LeavesARunThatPlaysWithTheGamesThatItDidNotLearnFromApart) {
  const std::vector<LearnRow> rows = Train(TinyConfig("6steps"), temp_ / "run");
  std::set<std::string> names;
  for (const LearnRow& row : rows) names.insert(row.name);
  EXPECT_EQ(names.count("top-1 accuracy"), 1U);
  EXPECT_EQ(names.count("validation loss"), 1U);
  EXPECT_THAT(GamesIn(temp_ / "run/games"), SizeIs(18));
  const std::vector<GameRecord> held_out = GamesIn(temp_ / "run/held_out");
  EXPECT_THAT(held_out, SizeIs(2));
  for (const GameRecord& record : held_out) EXPECT_TRUE(CheckRecord(record).ok());
  const auto network = LoadNetwork(RunFolder::Checkpoint(temp_ / "run", 6));
  ASSERT_TRUE(network.ok()) << network.error();
  EXPECT_TRUE(
      CheckModelPlays(network->snapshot.config, MakeGame("go:size=9").value()->spec()).ok());
  const nlohmann::json config = nlohmann::json::parse(std::ifstream(temp_ / "run/config.json"));
  EXPECT_EQ(config.at("task"), "go-policy");
  EXPECT_EQ(config.at("size"), 3);
  EXPECT_THAT(config.at("selfplay").at("games"), ElementsAre("go:size=3"));
}

// Stopped after 5 steps, behind the checkpoint of step 4, and resumed without the games' file.
TEST_F(GoPolicy, GoesOnByteForByte) {
  GoPolicyConfig config = TinyConfig("10steps");
  config.train.learner.trainer.optimizer.total_steps = 10;
  Train(config, temp_ / "whole");
  config.train.budget = "5steps";
  Train(config, temp_ / "parts");
  fs::remove(temp_ / "games.sgf");
  config.sgf.clear();
  config.train.budget = "10steps";
  Train(config, temp_ / "parts");
  EXPECT_GT(Weights(temp_ / "whole", 10).size(), 1000U);
  EXPECT_EQ(Weights(temp_ / "whole", 10), Weights(temp_ / "parts", 10));
}

// It would begin anew beside them. A process that was killed before its first state left the
// untrained network at most.
TEST_F(GoPolicy, RefusesCheckpointsWithoutTheirState) {
  const GoPolicyConfig config = TinyConfig("5steps");
  Train(config, temp_ / "run");
  const std::string trained = Weights(temp_ / "run", 5);
  fs::remove_all(temp_ / "run/resume");
  EXPECT_THAT([&] { GoPolicyRun(config, temp_ / "run"); },
              ThrowsMessage<WorldError>(
                  HasSubstr("run.json\" is not there, but the run has a checkpoint of step 5, "
                            "wanted the state of the run, or another --run-dir")));
  EXPECT_EQ(Weights(temp_ / "run", 5), trained);
  for (const int step : {4, 5}) fs::remove_all(RunFolder::Checkpoint(temp_ / "run", step));
  Train(config, temp_ / "run");
  EXPECT_EQ(Weights(temp_ / "run", 5), trained) << "began anew";
}

TEST_F(GoPolicy, TheLearningRateEndsWithTheBudget) {
  GoPolicyConfig config = TinyConfig("6steps");
  Train(config, temp_ / "follows");
  config.train.learner.trainer.optimizer.total_steps = 6;
  Train(config, temp_ / "planned");
  EXPECT_GT(Weights(temp_ / "follows", 6).size(), 1000U);
  EXPECT_EQ(Weights(temp_ / "follows", 6), Weights(temp_ / "planned", 6));
}

TEST_F(GoPolicy, RefusesBudgetsThatItCannotFollow) {
  GoPolicyConfig config = TinyConfig("20games");
  EXPECT_THAT(CheckGoPolicyConfig(config).error(), HasSubstr("wanted time or steps"));
  config.train.budget = "20s";
  EXPECT_THAT(CheckGoPolicyConfig(config).error(), HasSubstr("with --deterministic, wanted steps"));
  config.train.deterministic = false;
  EXPECT_TRUE(CheckGoPolicyConfig(config).ok());
}

TEST_F(GoPolicy, HoldsTheSameGamesApartWhateverTheSeed) {
  GoPolicyConfig config = TinyConfig("1steps");
  Train(config, temp_ / "a");
  config.train.seed = 7;
  Train(config, temp_ / "b");
  EXPECT_EQ(GamesIn(temp_ / "a/held_out"), GamesIn(temp_ / "b/held_out"));
  EXPECT_NE(Weights(temp_ / "a", 1), Weights(temp_ / "b", 1));
}

TEST_F(GoPolicy, SaysWhatIsMissing) {
  GoPolicyConfig config = TinyConfig("1steps");
  config.sgf.clear();
  EXPECT_THAT([&] { GoPolicyRun(config, temp_ / "run"); },
              ThrowsMessage<UsageError>(HasSubstr("no games to learn from, wanted --sgf")));
  config.sgf = (temp_ / "none").string();
  EXPECT_THAT([&] { GoPolicyRun(config, temp_ / "run"); },
              ThrowsMessage<WorldError>(HasSubstr("none")));
  config = TinyConfig("1steps");
  config.size = 9;
  EXPECT_THAT([&] { GoPolicyRun(config, temp_ / "run"); },
              ThrowsMessage<WorldError>(HasSubstr("another board size, 20 times")));
  EXPECT_FALSE(fs::exists(temp_ / "run"));
}

TEST(GoPolicyConfig, ReadsItsOwnKeysAndThoseOfTraining) {
  GoPolicyConfig config = LoadGoPolicyPreset("4x64").value();
  EXPECT_TRUE(CheckGoPolicyConfig(config).ok()) << CheckGoPolicyConfig(config).error();
  const nlohmann::json change = {{"test_share", 0.2}, {"learner", {{"batch_size", 64}}}};
  ASSERT_TRUE(GoPolicyConfigFromJson(change, config).ok());
  EXPECT_EQ(config.test_share, 0.2);
  EXPECT_EQ(config.train.learner.batch_size, 64);
  GoPolicyConfig back;
  ASSERT_TRUE(GoPolicyConfigFromJson(GoPolicyConfigToJson(config), back).ok());
  EXPECT_EQ(GoPolicyConfigToJson(back), GoPolicyConfigToJson(config));
  EXPECT_THAT(GoPolicyConfigFromJson({{"test_chare", 0.2}}, config).error(),
              HasSubstr("test_share"));
  EXPECT_THAT(GoPolicyConfigFromJson({{"publish_steps", 2}}, config).error(),
              HasSubstr("publish_steps"));
  EXPECT_THAT(GoPolicyConfigFromJson({{"lerner", {}}}, config).error(),
              HasSubstr("did you mean 'learner'?"));
  config.test_share = 1.0;
  EXPECT_THAT(CheckGoPolicyConfig(config).error(), HasSubstr("test_share is 1"));
  EXPECT_THAT(LoadGoPolicyPreset("4x65").error(), HasSubstr("did you mean '4x64'?"));
}

}  // namespace
}  // namespace tengen

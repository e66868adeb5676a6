#include "experiments/train/zero_run.h"

#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "experiments/train/self_play_driver.h"
#include "nets/checkpoint.h"
#include "nets/folder_swap.h"
#include "nets/head_layout.h"
#include "nets/precision.h"
#include "tests/support/full_disk.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Small enough for seconds: tic-tac-toe with a tiny network.
TrainConfig TinyConfig() {
  TrainConfig config = *LoadTrainConfig("tictactoe");
  config.net.channels = 8;
  config.net.blocks = 1;
  config.net.pool_every = 0;
  config.selfplay.parallel_games = 16;
  config.selfplay.full_visits = 8;
  config.learner.batch_size = 32;
  config.learner.first_positions = 200;
  config.publish_steps = 10;
  config.checkpoint_steps = 20;
  config.threads = 2;
  config.deterministic = true;
  config.budget = "40steps";
  return config;
}

std::string Bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string AllGames(const fs::path& run) {
  std::string bytes;
  for (const fs::path& shard : ListShards(run / "games")) bytes += Bytes(shard);
  return bytes;
}

void Train(const TrainConfig& config, const fs::path& folder) {
  const std::atomic<bool> stop{false};
  ZeroRun(config, folder).Go(stop);
}

TEST(ZeroRun, EqualSeedsGiveEqualRecordsAndWeights) {
  TempFolder temp;
  Train(TinyConfig(), temp / "a");
  Train(TinyConfig(), temp / "b");
  const std::string games = AllGames(temp / "a");
  ASSERT_GT(games.size(), 1000U);
  EXPECT_EQ(games, AllGames(temp / "b"));
  const std::string weights = Bytes(RunFolder::Checkpoint(temp / "a", 40) / "model.safetensors");
  ASSERT_GT(weights.size(), 1000U);
  EXPECT_EQ(weights, Bytes(RunFolder::Checkpoint(temp / "b", 40) / "model.safetensors"));

  TrainConfig other = TinyConfig();
  other.seed = 2;
  Train(other, temp / "c");
  EXPECT_NE(games, AllGames(temp / "c"));
}

// The same loop with one player: equal seeds give equal weights, it resumes, returns stand in the
// metrics.
TEST(ZeroRun, PlansInAControlTask) {
  TrainConfig config = *LoadTrainConfig("cartpole");
  config.net.channels = 8;
  config.net.head_channels = 8;
  config.selfplay.parallel_games = 8;
  config.learner.batch_size = 32;
  config.learner.first_positions = 200;
  config.publish_steps = 4;
  config.checkpoint_steps = 4;
  config.deterministic = true;
  config.progress.games = 1;
  config.progress.visits = 2;
  config.progress.share = 0.5;
  config.progress.first_s = 0.0;
  TempFolder temp;
  config.budget = "8steps";
  Train(config, temp / "a");
  config.budget = "4steps";
  Train(config, temp / "b");
  config.budget = "8steps";
  Train(config, temp / "b");
  const std::string weights = Bytes(RunFolder::Checkpoint(temp / "a", 8) / "model.safetensors");
  ASSERT_GT(weights.size(), 1000U);
  EXPECT_THAT(Bytes(temp / "a" / "metrics.jsonl"), HasSubstr("search_return"));
  TempFolder again;
  Train(config, again / "a");
  EXPECT_EQ(Bytes(RunFolder::Checkpoint(again / "a", 8) / "model.safetensors"), weights);
  EXPECT_EQ(RunFolder::Checkpoints(temp / "b").back(), 8);
}

TEST(ZeroRun, TheLearningRateEndsWithTheBudget) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  OptimizerConfig& optimizer = config.learner.trainer.optimizer;
  optimizer.schedule = Schedule::kCosine;
  Train(config, temp / "follows");
  optimizer.total_steps = 40;
  Train(config, temp / "planned");
  const std::string weights =
      Bytes(RunFolder::Checkpoint(temp / "follows", 40) / "model.safetensors");
  ASSERT_GT(weights.size(), 1000U);
  EXPECT_EQ(weights, Bytes(RunFolder::Checkpoint(temp / "planned", 40) / "model.safetensors"));

  optimizer.total_steps = 0;
  config.budget = "1m";
  EXPECT_THAT(CheckTrainConfig(config).error(), HasSubstr("with --deterministic, wanted steps"));
}

std::int64_t StoredGames(const fs::path& run) {
  std::int64_t games = 0;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text);
    if (line.at("kind") == "stored") games = line.at("games");
  }
  return games;
}

TEST(ZeroRun, GoesOnWhereItStopped) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  const std::int64_t games = StoredGames(temp / "run");
  EXPECT_GT(games, 0);
  config.budget = "40steps";
  Train(config, temp / "run");
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").back(), 40);
  EXPECT_GT(StoredGames(temp / "run"), games);

  // All games that metrics.jsonl counts are there, each with a number of its own.
  RecordShardReader reader(ListShards(temp / "run/games"));
  std::set<std::uint64_t> numbers;
  std::int64_t found = 0;
  while (const auto record = reader.Next()) {
    ++found;
    numbers.insert(record->stream);
    EXPECT_TRUE(CheckRecord(*record).ok());
  }
  EXPECT_TRUE(reader.problems().empty());
  EXPECT_EQ(found, StoredGames(temp / "run"));
  EXPECT_EQ(static_cast<std::int64_t>(numbers.size()), found);
}

// One game at a time, so that a replay's batches are those of the run, and few learner steps, so
// that many games are stored between a network and the last checkpoint of its step.
TEST(ZeroRun, GamesReplayFromTheirCheckpoints) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.selfplay.parallel_games = 1;
  config.learner.first_positions = 1;
  config.learner.samples_per_position = 1.0;
  config.publish_steps = 1;
  config.checkpoint_steps = 1;
  for (const char* budget : {"18games", "36games"}) {
    config.budget = budget;
    Train(config, temp / "run");
  }
  std::map<std::string, std::shared_ptr<Evaluator>> evaluators;  // by hash
  for (const std::int64_t step : RunFolder::Checkpoints(temp / "run")) {
    const auto network = LoadNetwork(RunFolder::Checkpoint(temp / "run", step));
    ASSERT_TRUE(network.ok()) << network.error();
    evaluators[WeightsHash(network->snapshot)] =
        MakeSelfPlayNetwork(config, network->snapshot).evaluator;
  }
  EXPECT_GT(evaluators.size(), 4U);
  RecordShardReader reader(ListShards(temp / "run/games"));
  int games = 0;
  while (const auto record = reader.Next()) {
    for (const NetUse& net : record->nets) ASSERT_EQ(evaluators.count(net.hash), 1U) << net.step;
    EXPECT_EQ(ReplaySelfPlayGame(
                  config.selfplay, *record,
                  [&](const NetUse& net) -> Evaluator& { return *evaluators.at(net.hash); }),
              *record);
    ++games;
  }
  EXPECT_EQ(games, 36);
}

TEST(ZeroRun, ThreadsReachTheBudgetAndLearn) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.deterministic = false;
  Train(config, temp / "run");
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").front(), 0);
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").back(), 40);
  const auto network = LoadNetwork(RunFolder::Checkpoint(temp / "run", 40));
  ASSERT_TRUE(network.ok()) << network.error();
  EXPECT_EQ(network->snapshot.step, 40);
}

TEST(ZeroRun, AStopRequestSavesAtOnce) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.deterministic = false;
  config.budget = "1h";
  ZeroRun run(config, temp / "run");
  std::atomic<bool> stop{false};
  std::jthread stopper([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop = true;
  });
  run.Go(stop);
  EXPECT_THAT(run.Summary(), HasSubstr("Stopped"));
  EXPECT_TRUE(fs::exists(temp / "run/resume/run.json"));
}

TEST(ZeroRun, TruncatedStateIsOneClearError) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  const fs::path state = temp / "run/resume/learner.safetensors";
  fs::resize_file(state, fs::file_size(state) / 2);
  const std::string games = AllGames(temp / "run");
  try {
    ZeroRun run(config, temp / "run");
    FAIL() << "resumed from a truncated state";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("learner.safetensors"));
  }
  EXPECT_EQ(AllGames(temp / "run"), games);
}

nlohmann::json StoredConfig(const fs::path& run) {
  return nlohmann::json::parse(std::ifstream(run / "config.json"));
}

std::vector<nlohmann::json> Sessions(const fs::path& run) {
  std::vector<nlohmann::json> sessions;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    auto line = nlohmann::json::parse(text);
    if (line.at("kind") == "session") sessions.push_back(std::move(line));
  }
  return sessions;
}

TEST(ZeroRun, AFolderOfAnOlderVersionResumes) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  // As written before there were caches, resignation and this text, or a precision to remember.
  nlohmann::json old = StoredConfig(temp / "run");
  for (const char* key : {"cache_mb", "precision"}) old.erase(key);
  old["selfplay"].erase("resign_min_ply");
  old["expectation"] = "beats random play after a minute";
  std::ofstream(temp / "run/config.json") << old.dump();
  config.budget = "30steps";
  Train(config, temp / "run");
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").back(), 30);

  // What is missing counts as its default.
  config.selfplay.resign_min_ply += 1;
  try {
    ZeroRun run(config, temp / "run");
    FAIL() << "resumed with another config";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("selfplay.resign_min_ply is 11, wanted 10"));
  }
}

TEST(ZeroRun, RemembersThePrecisionAskedForAndUsed) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.precision = "fp32";
  config.budget = "10steps";
  Train(config, temp / "run");
  config.precision = "auto";  // another session may ask for another one
  config.budget = "20steps";
  Train(config, temp / "run");
  EXPECT_EQ(StoredConfig(temp / "run").at("precision"), "fp32");
  const auto sessions = Sessions(temp / "run");
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[0].at("precision"), "fp32");
  EXPECT_EQ(sessions[0].at("precision_used"), "fp32");
  EXPECT_EQ(sessions[1].at("precision"), "auto");
  EXPECT_EQ(sessions[1].at("precision_used"), CpuHasBfloat16() ? "bf16" : "fp32");
}

// A process that was killed between the two renames of a file system without exchange.
TEST(ZeroRun, GoesOnFromAStateAndANetworkThatStandAside) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  const fs::path network = RunFolder::Checkpoint(temp / "run", 20);
  for (const fs::path& folder : {temp / "run/resume", network}) {
    fs::rename(folder, FolderAside(folder));
  }
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").back(), 20);
  EXPECT_TRUE(LoadNetwork(network).ok());
  config.budget = "30steps";
  Train(config, temp / "run");
  EXPECT_EQ(Sessions(temp / "run").back().at("step"), 20);
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").back(), 30);
  EXPECT_FALSE(fs::exists(FolderAside(temp / "run/resume")));
}

TEST(ZeroRun, AFullDiskInTheFirstSecondCostsNothing) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "10steps";
  bool failed = false;
  {
    const FullDisk full;
    try {
      ZeroRun run(config, temp / "run");
    } catch (const WorldError&) {
      failed = true;
    }
  }
  EXPECT_TRUE(failed);
  Train(config, temp / "run");
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run"), (std::vector<std::int64_t>{0, 10}));
}

TEST(ZeroRun, AFlippedByteInAShardCostsOneGame) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  const std::int64_t games = StoredGames(temp / "run");
  const fs::path shard = ListShards(temp / "run/games").front();
  std::fstream file(shard, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(fs::file_size(shard) / 2));
  const int byte = file.peek();
  file.put(static_cast<char>(byte ^ 0x40));
  file.close();
  config.budget = "30steps";
  Train(config, temp / "run");
  EXPECT_GT(StoredGames(temp / "run"), games - 2);
  EXPECT_THAT(Bytes(temp / "run/log.txt"), HasSubstr(shard.filename().string()));
}

TEST(ZeroRun, GamesThatAreGoneAreSaid) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  const std::int64_t games = StoredGames(temp / "run");
  fs::remove_all(temp / "run/games");
  config.budget = "30steps";
  Train(config, temp / "run");
  EXPECT_THAT(Bytes(temp / "run/log.txt"),
              HasSubstr(StrCat("holds 0 of the ", games, " games that the run had stored")));
}

TEST(ZeroRun, WithoutItsStateARunIsNotBegunAnew) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  fs::remove_all(temp / "run/resume");
  try {
    ZeroRun run(config, temp / "run");
    FAIL() << "began anew";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("run.json"));
    EXPECT_THAT(error.what(), HasSubstr("checkpoint of step 20"));
  }
}

// Whole frames, but no games that can be learnt from.
TEST(ZeroRun, ResumesWithoutRecordsThatBreakTheRules) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.budget = "20steps";
  Train(config, temp / "run");
  const std::int64_t games = StoredGames(temp / "run");
  {
    GameRecord record = *RecordShardReader(ListShards(temp / "run/games")).Next();
    RecordShardWriter writer(temp / "run/games");
    record.plies[1].action = record.plies[0].action;
    writer.Append(record);
    record.game_id = "go:size=3";
    writer.Append(record);
    writer.Sync();
  }
  config.budget = "30steps";
  Train(config, temp / "run");
  EXPECT_GT(StoredGames(temp / "run"), games);
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run").back(), 30);
  const std::string log = Bytes(temp / "run/log.txt");
  EXPECT_THAT(log, HasSubstr("bytes not read: ply 1: action"));
  EXPECT_THAT(log, HasSubstr("does not have the action layout of go:size=3"));
}

// A network whose score is no number: what it plays is legal, but its records are refused.
TEST(ZeroRun, GoesOnWithoutGamesThatCannotBeLearntFrom) {
  TempFolder temp;
  TrainConfig config = TinyConfig();
  config.selfplay.games = {"go:size=3,komi=0.5"};
  config.selfplay.opening_share = 0.0;  // every game has a searched move
  config.progress.share = 0.0;
  config.budget = "20steps";
  Train(config, temp / "run");
  const std::int64_t games = StoredGames(temp / "run");
  const fs::path checkpoint = RunFolder::Checkpoint(temp / "run", 20);
  const NetworkFile good = *LoadNetwork(checkpoint);
  NetworkFile bad = good;
  at::Tensor& bias = bad.snapshot.weights.at("outputs.bias");
  bias = bias.clone();
  bias.data_ptr<float>()[HeadLayout(bad.snapshot.config).score] = std::nanf("");
  SaveNetwork(checkpoint, bad);
  config.budget = "20s";  // of which the 20 steps took the first
  {
    ZeroRun run(config, temp / "run");
    std::atomic<bool> stop{false};
    std::jthread stopper([&stop] {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      stop = true;
    });
    run.Go(stop);
  }
  EXPECT_EQ(StoredGames(temp / "run"), games);
  EXPECT_THAT(Bytes(temp / "run/metrics.jsonl"), HasSubstr("\"kind\":\"refused\""));
  EXPECT_THAT(Bytes(temp / "run/log.txt"), HasSubstr("was refused: ply 0: a value of nan, wanted"));

  SaveNetwork(checkpoint, good);
  config.budget = "30steps";
  Train(config, temp / "run");
  EXPECT_GT(StoredGames(temp / "run"), games);
}

TEST(ZeroRun, TrainsAndResumesWithBoardsOfTwoSizes) {
  TrainConfig config = TinyConfig();
  config.selfplay.games = {"go:size=3,komi=0.5", "go:size=4,komi=0.5"};
  config.cache_mb = 1;
  config.progress.share = 0.0;
  TempFolder temp;
  for (const char* run : {"a", "b"}) {
    for (const char* budget : {"20steps", "40steps"}) {
      config.budget = budget;
      Train(config, temp / run);
    }
  }
  EXPECT_EQ(RunFolder::Checkpoints(temp / "a").back(), 40);
  EXPECT_EQ(AllGames(temp / "a"), AllGames(temp / "b"));
  EXPECT_EQ(Bytes(RunFolder::Checkpoint(temp / "a", 40) / "model.safetensors"),
            Bytes(RunFolder::Checkpoint(temp / "b", 40) / "model.safetensors"));
  std::map<std::string, int> games;
  RecordShardReader reader(ListShards(temp / "a/games"));
  while (const auto record = reader.Next()) ++games[record->game_id];
  EXPECT_EQ(games.size(), 2U);
  for (const auto& [id, count] : games) EXPECT_GT(count, 5) << id;
}

}  // namespace
}  // namespace tengen

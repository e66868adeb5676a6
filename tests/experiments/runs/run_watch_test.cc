#include "experiments/runs/run_watch.h"

#include <chrono>
#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "experiments/config/train_config.h"
#include "experiments/runs/run_folder.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

nlohmann::json Config() { return TrainConfigToJson(LoadTrainConfig("tictactoe").value()); }

nlohmann::json Session(const char* budget) {
  return {{"kind", "session"}, {"budget", budget}, {"threads", 2}, {"device", "cuda"}};
}

nlohmann::json StatusLine(double seconds, int games, int step, const char* idle = "") {
  return {{"kind", "status"}, {"seconds", seconds},
          {"games", games},   {"positions", 6 * games},
          {"step", step},     {"loss", {{"policy", 2.0 - 0.01 * seconds}}},
          {"idle", idle}};
}

// A tic-tac-toe game that the first player wins with five plies.
GameRecord Record(std::uint64_t stream) {
  GameRecord record;
  record.game_id = "tictactoe";
  record.stream = stream;
  for (const Action action : {0, 3, 1, 4, 2}) {
    record.plies.emplace_back().action = action;
  }
  record.return_first = 1.0F;
  return record;
}

RunSnapshot Looked(RunReader& reader) {
  reader.Look();
  return *reader.snapshot();
}

TEST(RunReader, FollowsARunWhileItGrows) {
  TempFolder temp;
  RunFolder folder(temp / "run", Config());
  RunReader reader(temp / "run");
  RunSnapshot seen = Looked(reader);
  EXPECT_EQ(seen.phase, RunPhase::kRunning);
  EXPECT_EQ(seen.preset, "tictactoe");
  ASSERT_NE(seen.game, nullptr);
  EXPECT_EQ(seen.game->spec().name, "tictactoe");
  EXPECT_THAT(seen.sentence, HasSubstr("prepared"));

  folder.AppendMetrics(Session("100s"));
  folder.AppendMetrics(StatusLine(5.0, 10, 0, "learner waits for positions: 60 of 100"));
  seen = Looked(reader);
  EXPECT_EQ(seen.sentence, "Learner waits for positions: 60 of 100.");
  EXPECT_EQ(seen.machine, "cuda, 2 threads");
  EXPECT_EQ(seen.games, 10);

  folder.AppendMetrics(StatusLine(25.0, 50, 7));
  seen = Looked(reader);
  EXPECT_THAT(seen.status->seconds(), ElementsAre(5.0, 25.0));
  EXPECT_THAT(seen.status->Column("loss.policy"), ElementsAre(1.95, 1.75));
  EXPECT_DOUBLE_EQ(seen.status->Last("games_per_s"), 2.0);
  EXPECT_DOUBLE_EQ(seen.budget_used, 0.25);
  EXPECT_THAT(seen.sentence, HasSubstr("nobody waits"));
}

TEST(RunReader, LeavesATornLineUntilItIsWhole) {
  TempFolder temp;
  RunFolder folder(temp / "run", Config());
  folder.AppendMetrics(StatusLine(5.0, 1, 0));
  RunReader reader(temp / "run");
  const std::string line = StatusLine(10.0, 2, 0).dump();
  const auto append = [&](const std::string& text) {
    std::ofstream(temp / "run/metrics.jsonl", std::ios::app) << text;
  };
  append(line.substr(0, 20));
  EXPECT_THAT(Looked(reader).status->seconds(), ElementsAre(5.0));
  append(line.substr(20));
  EXPECT_THAT(Looked(reader).status->seconds(), ElementsAre(5.0));
  append("\nthis is no JSON\n[1, 2]\n{\"kind\": 7, \"seconds\": \"x\"}\n");
  EXPECT_THAT(Looked(reader).status->seconds(), ElementsAre(5.0, 10.0));
}

TEST(RunReader, ReadsALongFileInPieces) {
  TempFolder temp;
  RunFolder folder(temp / "run", Config());
  folder.AppendMetrics(Session("1000s"));
  for (int i = 0; i < 200; ++i) folder.AppendMetrics(StatusLine(5.0 * i, i, i));
  RunReader reader(temp / "run", {.bytes_at_once = 1000});
  int looks = 0;
  do {
    reader.Look();
    ++looks;
  } while (reader.snapshot()->loading);
  EXPECT_GT(looks, 5);
  EXPECT_THAT(reader.snapshot()->status->seconds(), SizeIs(200));
}

TEST(RunReader, DropsWhatAKilledRunLost) {
  TempFolder temp;
  RunFolder folder(temp / "run", Config());
  for (const double seconds : {5.0, 10.0, 15.0, 20.0}) {
    folder.AppendMetrics(StatusLine(seconds, 1, static_cast<int>(seconds)));
  }
  RunReader reader(temp / "run");
  reader.Look();
  folder.AppendMetrics(Session("100s"));
  folder.AppendMetrics(StatusLine(12.0, 1, 11));  // from the state saved at 10 s
  EXPECT_THAT(Looked(reader).status->Column("step"), ElementsAre(5.0, 10.0, 11.0));
}

TEST(RunReader, TellsFinishedFromStopped) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", Config());
    folder.AppendMetrics(Session("100s"));
    folder.AppendMetrics(StatusLine(40.0, 50, 70, "saving"));
  }
  RunReader reader(temp / "run");
  RunSnapshot seen = Looked(reader);
  EXPECT_EQ(seen.phase, RunPhase::kStopped);
  EXPECT_THAT(seen.sentence, HasSubstr("Stopped after 40 % of 100 s"));
  {
    RunFolder folder(temp / "run", Config());
    EXPECT_EQ(Looked(reader).phase, RunPhase::kRunning);
    folder.AppendMetrics(Session("100s"));
    folder.AppendMetrics(StatusLine(100.2, 90, 150, "saving"));
  }
  seen = Looked(reader);
  EXPECT_EQ(seen.phase, RunPhase::kFinished);
  EXPECT_THAT(seen.sentence, HasSubstr("is used up"));
}

TEST(RunReader, GivesMatchesCheckpointsAndGames) {
  TempFolder temp;
  RunFolder folder(temp / "run", Config());
  folder.AppendMetrics({{"kind", "progress"},
                        {"seconds", 30.0},
                        {"step", 100},
                        {"opponent", "mcts:50"},
                        {"games", 20},
                        {"points", 14.5},
                        {"elo", 612.0},
                        {"elo_low", 500.0},
                        {"elo_high", 720.0}});
  fs::create_directories(folder.checkpoint(0));
  fs::create_directories(folder.checkpoint(150));
  RecordShardWriter writer(folder.games());
  for (std::uint64_t stream = 0; stream < 5; ++stream) writer.Append(Record(stream));
  GameRecord wrong = Record(5);
  wrong.plies[1].action = 0;  // taken
  writer.Append(wrong);
  RunReader reader(temp / "run", {.games = 3});
  RunSnapshot seen = Looked(reader);
  ASSERT_THAT(seen.matches, SizeIs(1));
  EXPECT_EQ(seen.matches[0].opponent, "mcts:50");
  EXPECT_EQ(seen.matches[0].points, 14.5);
  EXPECT_THAT(seen.progress->Column("elo_high"), ElementsAre(720.0));
  EXPECT_THAT(seen.checkpoints, ElementsAre(0, 150));
  ASSERT_THAT(seen.newest_games, SizeIs(2));  // of three, one breaks the rules
  EXPECT_EQ(seen.newest_games.back()->record.stream, 4U);

  writer.Append(Record(6));
  writer.Append(Record(7));
  seen = Looked(reader);
  ASSERT_THAT(seen.newest_games, SizeIs(3));
  EXPECT_EQ(seen.newest_games[0]->record.stream, 4U);
  EXPECT_EQ(seen.newest_games[2]->record.stream, 7U);
}

TEST(RunReader, KeepsWhatItKnowsOfAFolderThatVanishes) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", Config());
    folder.AppendMetrics(Session("100s"));
    folder.AppendMetrics(StatusLine(40.0, 50, 70));
  }
  RunReader reader(temp / "run");
  reader.Look();
  fs::remove_all(temp / "run");
  RunSnapshot seen = Looked(reader);
  EXPECT_EQ(seen.phase, RunPhase::kGone);
  EXPECT_THAT(seen.status->seconds(), SizeIs(1));
  EXPECT_EQ(seen.games, 50);
  // Another run takes its place.
  RunFolder folder(temp / "run", Config());
  folder.AppendMetrics(Session("9s"));
  seen = Looked(reader);
  EXPECT_EQ(seen.phase, RunPhase::kRunning);
  EXPECT_THAT(seen.status->seconds(), IsEmpty());
  EXPECT_EQ(seen.games, 0);
}

TEST(RunReader, SaysWhatIsWrongWithAConfig) {
  TempFolder temp;
  { RunFolder folder(temp / "run", Config()); }
  std::ofstream(temp / "run/config.json") << R"({"name": "mine", "sede": 1})";
  RunReader reader(temp / "run");
  const RunSnapshot seen = Looked(reader);
  EXPECT_EQ(seen.preset, "mine");
  EXPECT_EQ(seen.game, nullptr);
  EXPECT_THAT(seen.config_problem, HasSubstr("sede"));
}

TEST(RunReader, AListOfNoGamesIsAProblemOfTheConfig) {
  TempFolder temp;
  { RunFolder folder(temp / "run", Config()); }
  std::ofstream(temp / "run/config.json") << R"({"selfplay": {"games": []}})";
  RunReader reader(temp / "run");
  const RunSnapshot seen = Looked(reader);
  EXPECT_EQ(seen.game, nullptr);
  EXPECT_THAT(seen.config_problem, HasSubstr("selfplay.games is empty"));
}

TEST(RunSentence, NamesATestThatHoldsTheLearnerUp) {
  RunFacts facts;
  facts.phase = RunPhase::kRunning;
  facts.began = facts.has_status = true;
  facts.idle = "evaluating";
  facts.age_s = 12.0;
  EXPECT_EQ(RunSentence(facts),
            "The network is being tested since 12 s; the learner waits for the result.");
  facts.idle.clear();
  facts.age_s = 70.0;
  EXPECT_THAT(RunSentence(facts), HasSubstr("No news since 70 s"));
}

TEST(RunWatch, PublishesFromItsThread) {
  TempFolder temp;
  RunFolder folder(temp / "run", Config());
  folder.AppendMetrics(StatusLine(5.0, 1, 0));
  RunWatch watch(temp / "run");
  const auto wait_for_rows = [&watch](std::size_t rows) {
    for (int i = 0; i < 1000; ++i) {
      const auto seen = watch.snapshot();
      if (seen != nullptr && seen->status->rows() >= rows) return seen->status->rows();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::size_t{0};
  };
  EXPECT_EQ(wait_for_rows(1), 1U);
  folder.AppendMetrics(StatusLine(10.0, 1, 0));
  EXPECT_EQ(wait_for_rows(2), 2U);
}

}  // namespace
}  // namespace tengen

// Pages about runs whose folders are written here, whole and hostile ones.

#include "experiments/report/report_page.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "experiments/config/rl_config.h"
#include "experiments/config/train_config.h"
#include "experiments/report/metric_charts.h"
#include "experiments/report/reproduction.h"
#include "experiments/report/tensorboard.h"
#include "tests/support/markup_check.h"
#include "tests/support/random_record.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

nlohmann::json Status(double seconds, int step) {
  return {{"kind", "status"},
          {"seconds", seconds},
          {"step", step},
          {"games", 10 * step},
          {"loss", {{"total", 3.0 - 0.01 * step}, {"policy", 2.0 - 0.01 * step}}},
          {"policy_entropy", 1.5},
          {"batch_fill", 0.75},
          {"skipped_steps", 0},
          {"brand_new_number", 7 + step}};
}

nlohmann::json Match(double seconds, int step) {
  return {{"kind", "progress"},    {"seconds", seconds}, {"step", step},
          {"opponent", "mcts:50"}, {"games", 20},        {"points", 16.5},
          {"elo", 842.0},          {"elo_low", 660.0},   {"elo_high", 1024.0}};
}

void WriteConfig(const fs::path& run, const nlohmann::json& config) {
  fs::create_directories(run / "games");
  std::ofstream(run / "config.json") << config.dump(2);
}

nlohmann::json ConfigOf(const std::string& preset) {
  nlohmann::json config = TrainConfigToJson(*LoadTrainConfig(preset));
  for (const char* key : {"budget", "threads", "device", "precision"}) config.erase(key);
  return config;
}

void WriteMetrics(const fs::path& run, const std::vector<nlohmann::json>& lines) {
  std::ofstream out(run / "metrics.jsonl", std::ios::app);
  for (const nlohmann::json& line : lines) out << line.dump() << "\n";
}

// A run of tic-tac-toe with a few of everything.
void WriteSmallRun(const fs::path& run) {
  WriteConfig(run, ConfigOf("tictactoe"));
  WriteMetrics(run, {{{"kind", "session"},
                      {"budget", "60s"},
                      {"commit", "abc1234"},
                      {"processor", "Test CPU"},
                      {"device", "cpu"},
                      {"threads", 2},
                      {"step", 0},
                      {"version", "0.1.0"}},
                     Status(5.0, 10),
                     Match(7.0, 12),
                     Status(10.0, 20)});
  RecordShardWriter writer(run / "games");
  for (std::uint64_t i = 0; i < 5; ++i) writer.Append(RandomRecord("tictactoe", i, 3));
  writer.Sync();
}

std::string PageOf(const fs::path& run, std::size_t games = 24) {
  const auto contents = ReadRun(run);
  EXPECT_TRUE(contents.ok()) << contents.error();
  return ReportPage(*contents, SampleGames(run / "games", games), "2024-01-02 03:04 UTC");
}

// Nothing in the page makes a browser fetch anything.
void ExpectSelfContained(const std::string& page) {
  EXPECT_EQ(MarkupProblem(page), "");
  EXPECT_THAT(page, HasSubstr("content=\"default-src 'none';"));
  EXPECT_THAT(page, Not(HasSubstr("http:")));
  EXPECT_THAT(page, Not(HasSubstr("https:")));
  EXPECT_THAT(page, Not(HasSubstr(" src=\"")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  for (std::size_t at = page.find("href=\""); at != std::string::npos;
       at = page.find("href=\"", at + 1)) {
    const std::string target = page.substr(at + 6, 5);
    EXPECT_TRUE(target[0] == '#' || target == "data:") << target;
  }
  EXPECT_LT(page.size(), kMostPageBytes);
}

TEST(ReportPage, TellsWhatTheRunHolds) {
  TempFolder temp;
  WriteSmallRun(temp / "run");
  const std::string page = PageOf(temp / "run");
  ExpectSelfContained(page);
  for (const char* words :
       {"<h1>tictactoe</h1>", "abc1234", "Test CPU", "<dd>842</dd>", "660 to 1,024 (95 %)",
        "16.5 of 20", "<h3>Loss</h3>", "<h3>Policy entropy</h3>", "<h3>Brand new number</h3>",
        "Zero throughout, and so without a picture: Skipped steps.", "5 of 200 self-play games",
        "./tengen train tictactoe --seed 1 --budget 60s --threads 2 --run-dir "
        "runs/tictactoe-again",
        "git checkout abc1234", "&quot;samples_per_position&quot;", "2024-01-02 03:04 UTC"}) {
    EXPECT_THAT(page, HasSubstr(words));
  }
}

TEST(ReportPage, SurvivesARunThatHasOnlyBegun) {
  TempFolder temp;
  WriteConfig(temp / "run", ConfigOf("go5"));
  const std::string page = PageOf(temp / "run");
  ExpectSelfContained(page);
  EXPECT_THAT(page, HasSubstr("No game was finished yet."));
  EXPECT_THAT(page, HasSubstr("No match against a fixed opponent was played yet."));
  EXPECT_THAT(page, HasSubstr("metrics.jsonl holds no numbers to draw yet."));
}

TEST(ReportPage, LeavesOutATornLine) {
  TempFolder temp;
  WriteSmallRun(temp / "run");
  const std::string before = PageOf(temp / "run");
  std::ofstream(temp / "run/metrics.jsonl", std::ios::app)
      << R"({"kind":"status","seconds":15,"ga)";
  EXPECT_EQ(PageOf(temp / "run"), before);
  std::ofstream(temp / "run/metrics.jsonl", std::ios::app) << "\nnot JSON\n[1]\n";
  EXPECT_EQ(PageOf(temp / "run"), before) << "lines of something else";
}

TEST(ReportPage, ReadsWhileAnotherProcessWrites) {
  TempFolder temp;
  WriteSmallRun(temp / "run");
  std::thread writing([&] {
    RecordShardWriter writer(temp / "run/games");
    for (int i = 0; i < 200; ++i) {
      WriteMetrics(temp / "run", {Status(20.0 + i, 30 + i)});
      writer.Append(RandomRecord("tictactoe", 100 + static_cast<std::uint64_t>(i)));
      writer.Sync();
    }
  });
  for (int i = 0; i < 5; ++i) ExpectSelfContained(PageOf(temp / "run"));
  writing.join();
  EXPECT_THAT(PageOf(temp / "run"), HasSubstr("24 of 2,290 self-play games"));
}

TEST(ReportPage, EscapesWhateverFilesHold) {
  TempFolder temp;
  const std::string evil = "</script></title><img src=x onerror=alert(1)>\"'&";
  const fs::path run = temp / "a\"b<i>\xff&amp;";
  nlohmann::json config = ConfigOf("tictactoe");
  config["name"] = evil;
  config["expectation"] = evil;
  WriteConfig(run, config);
  nlohmann::json match = Match(7.0, 12);
  match["opponent"] = evil;
  nlohmann::json status = Status(5.0, 10);
  status[evil] = 3.5;
  status["loss"][evil] = 1.5;
  status["idle"] = evil;
  WriteMetrics(run, {{{"kind", "session"}, {"commit", evil}, {"processor", evil}, {"budget", evil}},
                     status,
                     match});
  std::ofstream(run / "ladder.json")
      << nlohmann::json{{"rows", {{{"name", evil}, {"elo", 100}, {"half_width", 5}}}}};
  const std::string page = PageOf(run);
  ExpectSelfContained(page);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<i>")));
  EXPECT_THAT(page, HasSubstr("&lt;img src=x onerror=alert(1)&gt;"));
}

TEST(ReportPage, TakesFieldsOfWrongTypes) {
  TempFolder temp;
  nlohmann::json config = ConfigOf("tictactoe");
  config["name"] = 7;
  config["seed"] = "one";
  config["selfplay"] = nullptr;
  WriteConfig(temp / "run", config);
  WriteMetrics(temp / "run", {{{"kind", 5}},
                              {{"kind", "session"}, {"threads", "two"}, {"commit", nullptr}},
                              {{"kind", "status"}, {"seconds", "x"}},
                              {{"kind", "status"}, {"seconds", 1}, {"loss", 3}, {"step", {1, 2}}},
                              {{"kind", "progress"}, {"seconds", 2}, {"elo", "high"}}});
  const std::string page = PageOf(temp / "run");
  ExpectSelfContained(page);
  EXPECT_THAT(page, HasSubstr("config.json: "));

  WriteConfig(temp / "rl", {{"algorithm", "ppo"}, {"env", 3}, {"seeds", 1e300}});
  WriteMetrics(temp / "rl",
               {{{"kind", "evaluation"}, {"seed", -1}},
                {{"kind", "evaluation"}, {"seed", 1}, {"env_steps", 1e300}},
                {{"kind", "evaluation"}, {"seed", 2}, {"return", "all"}, {"q", 1e300}}});
  ExpectSelfContained(PageOf(temp / "rl"));
  for (const auto& [folder, events] : ScalarsOf(*ReadRun(temp / "rl"))) {
    for (const ScalarEvent& event : events) EXPECT_TRUE(std::isfinite(event.value));
  }
}

TEST(ReportPage, StaysSmallWhateverTheRun) {
  TempFolder temp;
  const fs::path run = temp / "run";
  nlohmann::json config = ConfigOf("go9");
  config["expectation"] = std::string(400'000, 'x');
  WriteConfig(run, config);
  std::vector<nlohmann::json> lines;
  for (int i = 0; i < 3000; ++i) {
    lines.push_back(Status(5.0 * i, i));
    for (int k = 0; k < 80; ++k) lines.back()[StrCat("extra", k)] = (i * k) % 17;
    lines.push_back(Match(5.0 * i + 1.0, i));
  }
  WriteMetrics(run, lines);
  {
    RecordShardWriter writer(run / "games");
    for (std::uint64_t i = 0; i < 40; ++i) writer.Append(RandomRecord("go:size=19", i, 8));
    writer.Sync();
  }
  const std::string page = PageOf(run, 40);
  ExpectSelfContained(page);
  EXPECT_GT(page.size(), 500'000U);
  EXPECT_THAT(page, HasSubstr("More would make this page too large."));
  EXPECT_THAT(page, HasSubstr("100 of 3000 rows are shown."));
  EXPECT_THAT(page, HasSubstr("more numbers have no picture here."));
}

TEST(ReportPage, EachSizeOfBoardHasACurve) {
  TempFolder temp;
  WriteConfig(temp / "run", ConfigOf("go-multi"));
  WriteMetrics(temp / "run", {Status(5.0, 10)});
  for (const int step : {12, 14}) {
    nlohmann::json match = Match(0.5 * step, step);
    match["elo_by_size"] = {{"12x12", 842.0}, {"11x4", 120.0 + step}};
    match["elo_low_by_size"] = {{"12x12", 660.0}, {"11x4", 100.0}};
    match["elo_high_by_size"] = {{"12x12", 1024.0}, {"11x4", 150.0}};
    WriteMetrics(temp / "run", {match});
  }
  const std::string page = PageOf(temp / "run");
  ExpectSelfContained(page);
  const std::size_t chart = page.find("Elo against fixed opponents");
  ASSERT_NE(chart, std::string::npos);
  const std::string figure = page.substr(chart, page.find("</figure>", chart) - chart);
  for (const char* size : {"12x12", "11x4"}) EXPECT_THAT(figure, HasSubstr(size));
}

TEST(ReportPage, ShowsReturnsOfGamesOfOnePlayer) {
  TempFolder temp;
  WriteConfig(temp / "run", ConfigOf("cartpole"));
  WriteMetrics(temp / "run", {Status(5.0, 10),
                              {{"kind", "progress"},
                               {"seconds", 6.0},
                               {"step", 12},
                               {"episodes", 10},
                               {"policy_return", 211.5},
                               {"search_return", 500.0}}});
  {
    RecordShardWriter writer(temp / "run/games");
    for (std::uint64_t i = 0; i < 30; ++i) writer.Append(RandomRecord("cartpole", i));
    writer.Sync();
  }
  const std::string page = PageOf(temp / "run");
  ExpectSelfContained(page);
  EXPECT_THAT(page, HasSubstr("<h3>Return of self-play episodes</h3>"));
  EXPECT_THAT(page, HasSubstr("Policy alone"));
  EXPECT_THAT(page, Not(HasSubstr("id=\"board\"")));
  EXPECT_THAT(page, HasSubstr("./tengen episodes run:"));
}

// Two seeds, the second one half way.
void WriteRlRun(const fs::path& run) {
  RlConfig config = *RlPreset("ppo", "cartpole");
  config.seeds = 2;
  config.steps = 20000;
  config.ppo.gamma = 0.5;
  WriteConfig(run, RlConfigToJson(config));
  const auto evaluation = [](int seed, int step, double value) {
    return nlohmann::json{{"kind", "evaluation"}, {"seed", seed},          {"env_steps", step},
                          {"updates", step / 10}, {"seconds", step / 1e4}, {"return", value},
                          {"entropy", 0.5},       {"approx_kl", 0.01}};
  };
  WriteMetrics(run, {{{"kind", "session"}, {"processor", "Test CPU"}, {"commit", "abc1234"}},
                     evaluation(1, 10000, 120.0),
                     evaluation(1, 20000, 300.0),
                     {{"kind", "final"},
                      {"seed", 1},
                      {"env_steps", 20000},
                      {"updates", 2000},
                      {"seconds", 2.0},
                      {"episodes", 100},
                      {"return", 312.5}},
                     evaluation(2, 10000, 80.0)});
}

TEST(ReportPage, TellsOfSeveralSeedsOfALearner) {
  TempFolder temp;
  WriteRlRun(temp / "run");
  const std::string page = PageOf(temp / "run");
  ExpectSelfContained(page);
  for (const char* words :
       {"<h1>ppo on cartpole</h1>", "<dd>1 of 2</dd>", "1 to 2", "abc1234",
        "Stopped before every seed was trained", "<h3>Return of the policy</h3>",
        "<h3>Approximate KL divergence</h3>", "data-label=\"seed 2\"", "312",
        "./tengen rl ppo cartpole --steps 20000 --seed 1 --seeds 2 --set ppo.gamma=0.5 --run-dir "
        "runs/ppo-cartpole-again"}) {
    EXPECT_THAT(page, HasSubstr(words));
  }
  EXPECT_THAT(page, Not(HasSubstr("id=\"games\"")));
}

TEST(ReadRun, SaysWhatIsNoRun) {
  TempFolder temp;
  EXPECT_THAT(ReadRun(temp / "none").error(), HasSubstr("is not there, wanted the run folder"));
  std::ofstream(temp / "file") << "x";
  EXPECT_THAT(ReadRun(temp / "file").error(), HasSubstr("is a file, wanted the run folder"));
  fs::create_directory(temp / "empty");
  EXPECT_THAT(ReadRun(temp / "empty").error(), HasSubstr("holds no config.json, wanted"));
  WriteConfig(temp / "other", {{"name", "webpack"}});
  EXPECT_THAT(ReadRun(temp / "other").error(), HasSubstr("is not the config of a run, wanted"));
  std::ofstream(temp / "other/config.json") << "{";
  EXPECT_THAT(ReadRun(temp / "other").error(), HasSubstr("is not JSON, wanted"));
}

TEST(ReproductionTest, NamesEverySettingThatDiffers) {
  TempFolder temp;
  nlohmann::json config = ConfigOf("connect4");
  config["seed"] = 9;
  config["selfplay"]["full_visits"] = 77;
  config["selfplay"]["games"] = {"go:size=5,komi=0.5"};
  config["deterministic"] = true;
  WriteConfig(temp / "it's", config);
  const auto steps = Reproduction(*ReadRun(temp / "it's"));
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[0].command,
            "./tengen train connect4 --seed 9 --set selfplay.full_visits=77 --set "
            "'selfplay.games=[\"go:size=5,komi=0.5\"]' --deterministic --run-dir "
            "runs/connect4-again");
  EXPECT_THAT(steps[3].command, HasSubstr("./tengen ladder --run '/"));
  EXPECT_THAT(steps[3].command, HasSubstr("it'\\''s' --game go:size=5,komi=0.5"));
  EXPECT_EQ(Differences({{"a", {{"b", 1}, {"c", 2}}}}, {{"a", {{"b", 1}, {"c", 3}}}}),
            std::vector<std::string>{"a.c=2"});
}

TEST(TensorBoardTest, WritesEachPointOnceHoweverOften) {
  TempFolder temp;
  WriteSmallRun(temp / "run");
  const auto read = [&] {
    std::ifstream in(temp / "run/tensorboard/events.out.tfevents.0.tengen", std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  };
  WriteTensorBoard(*ReadRun(temp / "run"));
  const std::string first = read();
  WriteTensorBoard(*ReadRun(temp / "run"));
  EXPECT_EQ(read(), first);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(temp / "run/tensorboard")) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 1);
  // New points come behind the old ones.
  WriteMetrics(temp / "run", {Status(15.0, 30)});
  WriteTensorBoard(*ReadRun(temp / "run"));
  EXPECT_GT(read().size(), first.size());
  EXPECT_TRUE(read().starts_with(first));
}

TEST(TensorBoardTest, GivesStepsTimesAndTags) {
  TempFolder temp;
  WriteSmallRun(temp / "run");
  RunContents run = *ReadRun(temp / "run");
  run.started_s = 1000.0;
  const auto scalars = ScalarsOf(run);
  ASSERT_EQ(scalars.size(), 1U);
  const auto find = [&](const std::string& tag, std::int64_t step) -> const ScalarEvent* {
    for (const ScalarEvent& event : scalars.at("")) {
      if (event.tag == tag && event.step == step) return &event;
    }
    return nullptr;
  };
  ASSERT_NE(find("loss/policy", 20), nullptr);
  EXPECT_FLOAT_EQ(find("loss/policy", 20)->value, 1.8F);
  EXPECT_EQ(find("loss/policy", 20)->wall_time_s, 1010.0);
  ASSERT_NE(find("progress/elo", 12), nullptr);
  EXPECT_EQ(find("progress/elo", 12)->value, 842.0F);

  WriteRlRun(temp / "rl");
  const auto seeds = ScalarsOf(*ReadRun(temp / "rl"));
  ASSERT_EQ(seeds.size(), 2U);
  EXPECT_EQ(seeds.at("seed1").back().step, 20000);
  EXPECT_EQ(seeds.at("seed2").back().step, 10000);
}

}  // namespace
}  // namespace tengen

// Opens report pages in a headless Chromium: no message on its console, every picture has shapes of
// some size, every game can be stepped through. Prints NOT RUN where there is no Chromium.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "experiments/alphago/combination_table.h"
#include "experiments/alphago/stage_list.h"
#include "experiments/config/train_config.h"
#include "tests/experiments/alphago/small_stages.h"
#include "tests/support/random_record.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// Looks at all pictures, then plays all games and moves over all charts. Its findings become an
// attribute of <html>.
constexpr const char* kProbe = R"html(<script>
addEventListener("load", () => {
  const found = {pictures: 0, empty: 0, games: 0, moves: 0};
  const look = (svg) => {
    if (svg.getBoundingClientRect().width === 0) return;
    ++found.pictures;
    const box = svg.getBBox();
    const shapes = svg.querySelectorAll("path, circle, rect, polyline, polygon").length;
    if (!(box.width > 0 && box.height > 0 && shapes > 0)) ++found.empty;
  };
  document.querySelectorAll("svg").forEach(look);
  for (const film of document.querySelectorAll("#film > div")) {
    film.click();
    ++found.games;
    const forward = document.getElementById("forward");
    for (; !forward.disabled; ++found.moves) forward.click();
    look(document.getElementById("board"));
    look(document.getElementById("values"));
    const key = (name) => document.dispatchEvent(new KeyboardEvent("keydown", {key: name}));
    document.getElementById("viewer").scrollIntoView();
    key("ArrowLeft");
    if (!document.getElementById("to-end").disabled) key("ArrowRight");
  }
  for (const cover of document.querySelectorAll("svg.chart > rect[fill=transparent]")) {
    const box = cover.getBoundingClientRect();
    cover.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + box.width / 2}));
    if (document.querySelector(".tip").hidden) ++found.empty;
  }
  document.documentElement.setAttribute("data-probe", Object.entries(found).map((e) => e.join("=")).join(" "));
});
</script>
)html";

std::string Chromium() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    const std::string command = StrCat("command -v ", name, " >/dev/null 2>&1");
    if (std::system(command.c_str()) == 0) return name;
  }
  return "";
}

struct Opened {
  std::string dom;
  std::string console;  // messages, "" without any
};

// The page with the probe in it, as Chromium sees it at a window of this width.
Opened Open(const fs::path& page, const fs::path& work, int width) {
  std::ifstream in(page);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t end = text.rfind("</body>");
  EXPECT_NE(end, std::string::npos);
  text.insert(end, kProbe);
  std::ofstream(work / "probed.html") << text;
  const std::string command =
      StrCat(Chromium(), " --headless --no-sandbox --disable-gpu --enable-logging=stderr",
             " --user-data-dir='", (work / "browser").string(), "' --window-size=", width,
             ",900 --virtual-time-budget=10000 --dump-dom 'file://",
             (work / "probed.html").string(), "' 2>'", (work / "log").string(), "'");
  Opened opened;
  FILE* pipe = ::popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::array<char, 65536> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    opened.dom.append(buffer.data(), n);
  }
  EXPECT_EQ(::pclose(pipe), 0);
  std::ifstream log(work / "log");
  for (std::string line; std::getline(log, line);) {
    if (line.find("CONSOLE") != std::string::npos) opened.console += line + "\n";
  }
  return opened;
}

int Found(const Opened& opened, const std::string& name) {
  const std::size_t probe = opened.dom.find("data-probe=\"");
  if (probe == std::string::npos) return -1;
  const std::size_t at = opened.dom.find(name + "=", probe + 11);
  return std::atoi(opened.dom.c_str() + at + name.size() + 1);
}

class ReportBrowserTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Chromium().empty()) GTEST_SKIP() << "NOT RUN: chromium is not installed";
  }

  // Writes the page and opens it wide and narrow.
  void Check(const fs::path& run, int games) {
    ASSERT_EQ(RunTengen("report '" + run.string() + "'", true).code, 0);
    EXPECT_LT(fs::file_size(run / "report.html"), 2'000'000U);
    for (const int width : {1400, 500}) {
      const Opened opened = Open(run / "report.html", temp_.path(), width);
      EXPECT_EQ(opened.console, "");
      EXPECT_GT(Found(opened, "pictures"), 3);
      EXPECT_EQ(Found(opened, "empty"), 0);
      EXPECT_EQ(Found(opened, "games"), games);
      EXPECT_GE(Found(opened, "moves"), 2 * games);
    }
  }

  TempFolder temp_;
};

// All games in one page: of each registered one a random game.
TEST_F(ReportBrowserTest, DrawsTheBoardsOfAllGames) {
  const fs::path run = temp_ / "run";
  fs::create_directories(run);
  nlohmann::json config = TrainConfigToJson(*LoadTrainConfig("go5"));
  std::ofstream(run / "config.json") << config;
  std::ofstream metrics(run / "metrics.jsonl");
  for (int i = 1; i < 50; ++i) {
    metrics << nlohmann::json{{"kind", "status"},
                              {"seconds", 5 * i},
                              {"step", 10 * i},
                              {"games", 20 * i},
                              {"loss", {{"total", 1.0 / i}, {"policy", 0.5 / i}}},
                              {"batch_fill", 0.9},
                              {"policy_entropy", 2.0 - 0.01 * i}}
            << "\n";
    metrics << nlohmann::json{{"kind", "progress"},
                              {"seconds", 5 * i + 1},
                              {"step", 10 * i},
                              {"opponent", "mcts:50"},
                              {"games", 20},
                              {"points", 10.5},
                              {"elo", 20 * i},
                              {"elo_low", 20 * i - 150},
                              {"elo_high", 20 * i + 150}}
            << "\n";
  }
  metrics.close();
  int games = 0;
  {
    RecordShardWriter writer(run / "games");
    for (const RegisteredGame& game : RegisteredGames()) {
      if (MakeGame(game.example_ids.front()).value()->spec().num_players == 1) continue;
      writer.Append(RandomRecord(game.example_ids.front(), static_cast<std::uint64_t>(++games), 4));
    }
    writer.Append(RandomRecord("go:size=19", static_cast<std::uint64_t>(++games), 4));
    writer.Sync();
  }
  Check(run, games);
}

TEST_F(ReportBrowserTest, DrawsAShortTraining) {
  const fs::path run = temp_ / "run";
  ASSERT_EQ(RunTengen("train tictactoe --budget 600games --set learner.first_positions=500 "
                      "--run-dir '" +
                          run.string() + "'",
                      true)
                .code,
            0);
  Check(run, 24);
}

TEST_F(ReportBrowserTest, DrawsSeveralSeedsOfALearner) {
  const fs::path run = temp_ / "run";
  ASSERT_EQ(
      RunTengen("rl ppo cartpole --seeds 2 --steps 4096 --run-dir '" + run.string() + "'", true)
          .code,
      0);
  Check(run, 0);
}

// Stages, both tables, a game.
TEST_F(ReportBrowserTest, ShowsTheStagesOfAlphaGo) {
  const fs::path run = temp_ / "alphago";
  fs::create_directories(run);
  std::ofstream(run / "config.json") << R"({"task": "alphago", "name": "alphago9"})";
  StageList list;
  StageList::Entry& value = list.At(PipelineStage::kValue);
  value.done = true;
  value.rows.push_back({"test MSE of 100 rl rollouts", 0.65, ""});
  for (int i = 1; i <= 4; ++i) {
    value.rows.push_back({StrCat("test MSE of 100 rl rollouts in stretch ", i), 0.9 - 0.1 * i, ""});
  }
  list.Write(run);
  nlohmann::json parts;
  nlohmann::json lambda;
  for (int i = 0; i < 3; ++i) {
    const nlohmann::json rating = {{"elo", 300 - 150 * i}, {"half_width", 40 - 20 * i}};
    parts["rows"].push_back(rating);
    parts["rows"].back()["name"] = i == 2 ? "rollouts" : "policy+value";
    lambda["rows"].push_back(rating);
    lambda["rows"].back()["name"] = StrCat("lambda ", 1.0 - 0.5 * i);
  }
  std::ofstream(PartsFile(run)) << parts;
  std::ofstream(LambdaFile(run)) << lambda;
  {
    RecordShardWriter writer(run / "value/games");
    for (const GameRecord& record : UniformValueGames(3)) writer.Append(record);
  }
  Check(run, 3);
}

}  // namespace
}  // namespace tengen

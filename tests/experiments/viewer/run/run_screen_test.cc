// A run folder in a window without display.

#include "experiments/viewer/run/run_screen.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/train_config.h"
#include "experiments/runs/run_folder.h"
#include "experiments/viewer/start_screen.h"
#include "experiments/viewer/window/view_loop.h"
#include "tests/experiments/viewer/picture_compare.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A run of the preset with status lines over `minutes`, one look at its strength each.
class RunScreenTest : public testing::Test {
 protected:
  fs::path MakeRun(const std::string& preset, int minutes) {
    const fs::path path = temp_ / (preset + std::to_string(minutes));
    RunFolder folder(path, TrainConfigToJson(LoadTrainConfig(preset).value()));
    folder.AppendMetrics({{"kind", "session"}, {"budget", "600s"}, {"threads", 2}});
    for (int minute = 1; minute <= minutes; ++minute) {
      folder.AppendMetrics({{"kind", "status"},
                            {"seconds", 60 * minute},
                            {"games", 100 * minute},
                            {"positions", 900 * minute},
                            {"step", 40 * minute},
                            {"queued_games", minute},
                            {"grad_norm", 1.0 / minute},
                            {"mean_return", 20 * minute},
                            {"first_player_win_share", 0.5 + 0.03 * minute},
                            {"loss", {{"total", 3.0 / minute}, {"policy", 2.0 / minute}}}});
      folder.AppendMetrics({{"kind", "progress"},
                            {"seconds", 60 * minute},
                            {"step", 40 * minute},
                            {"opponent", "mcts:200"},
                            {"games", 20},
                            {"points", 12},
                            {"elo", 100 * minute},
                            {"elo_low", 100 * minute - 80},
                            {"elo_high", 100 * minute + 90},
                            {"policy_return", 10 * minute},
                            {"search_return", 20 * minute}});
    }
    return path;
  }

  static void Show(const fs::path& run, const std::string& script, const fs::path& picture,
                   int width, int height) {
    ViewOptions view;
    view.window = {width, height, /*headless=*/true};
    view.screenshot = picture;
    view.script = ViewScript::Parse(script).value();
    RunWindow(
        view, MakeRunScreen(run), [] { return std::make_unique<StartScreen>(); },
        [] { return false; });
  }

  Picture After(const fs::path& run, const std::string& script, int width = 1280,
                int height = 800) {
    Show(run, script, temp_ / "picture.png", width, height);
    return ReadPicture(temp_ / "picture.png");
  }

  // Names of all places of the window: a script that asks for another is told.
  std::string Places(const fs::path& run, int width = 2400, int height = 1600) {
    try {
      Show(run, "wait idle\nmove nowhere\n", temp_ / "picture.png", width, height);
    } catch (const WorldError& error) {
      return error.what();
    }
    return "";
  }

  TempFolder temp_;
};

TEST_F(RunScreenTest, ShowsTheChartsOfItsGame) {
  EXPECT_THAT(Places(MakeRun("tictactoe", 3)),
              AllOf(HasSubstr("plot Elo against fixed opponents"), HasSubstr("plot Loss"),
                    HasSubstr("plot Results of self-play"), HasSubstr("plot Waiting games"),
                    Not(HasSubstr("plot Return"))));
  EXPECT_THAT(Places(MakeRun("cartpole", 3)),
              AllOf(HasSubstr("plot Return"), HasSubstr("plot Return of self-play"),
                    Not(HasSubstr("plot Elo")), Not(HasSubstr("plot Results"))));
}

TEST_F(RunScreenTest, SmallWindowsShowTheMostTellingCharts) {
  EXPECT_THAT(
      Places(MakeRun("tictactoe", 3), 640, 400),
      AllOf(HasSubstr("plot Elo against fixed opponents"), Not(HasSubstr("plot Gradient norm"))));
}

TEST_F(RunScreenTest, EqualRunsLookAlikeAndLongerOnesDiffer) {
  const fs::path run = MakeRun("tictactoe", 3);
  // The header tells how long ago the newest line came, so only the curves are compared.
  const auto curves = [&](const fs::path& folder) {
    return After(folder, "wait idle\n", 640, 300);
  };
  EXPECT_LT(Compare(curves(run), curves(run)).mean, 0.5);
  EXPECT_GT(Compare(curves(run), curves(MakeRun("tictactoe", 8))).mean, 0.5);
}

TEST_F(RunScreenTest, KeysTurnTheAxisAndOpenTheTimeMachine) {
  const fs::path run = MakeRun("tictactoe", 5);
  const Picture watch = After(run, "wait idle\n");
  EXPECT_GT(Compare(watch, After(run, "wait idle\nkey X\nwait 0.1\n")).mean, 0.01);
  EXPECT_GT(Compare(watch, After(run, "wait idle\nkey Tab\nwait idle\n")).mean, 1.0);
}

TEST_F(RunScreenTest, AFolderWithoutARunIsSaid) {
  EXPECT_GT(
      Compare(After(MakeRun("tictactoe", 3), "wait idle\n"), After(temp_ / "nothing", "wait 0.3\n"))
          .mean,
      1.0);
}

}  // namespace
}  // namespace tengen

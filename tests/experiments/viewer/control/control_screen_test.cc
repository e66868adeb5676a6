// The control screen in a window without display, driven by keys and clicks.

#include "experiments/viewer/control/control_screen.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "experiments/viewer/control/control_task.h"
#include "experiments/viewer/start_screen.h"
#include "experiments/viewer/window/view_loop.h"
#include "tests/experiments/viewer/picture_compare.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

ControlScreenOptions Paused(const std::string& task, const std::string& policy = "idle") {
  ControlScreenOptions options;
  options.env_id = task;
  options.policy = policy;
  options.paused = true;
  options.runs = "no such folder";
  return options;
}

// What the window shows after the script; a null screen is the start.
Picture After(std::unique_ptr<Screen> screen, const std::string& script, int width = 640,
              int height = 400) {
  TempFolder temp;
  ViewOptions view;
  view.window = {width, height, /*headless=*/true};
  view.screenshot = temp / "picture.png";
  view.script = ViewScript::Parse(script).value();
  RunWindow(
      view, std::move(screen), [] { return std::make_unique<StartScreen>(); },
      [] { return false; });
  return ReadPicture(temp / "picture.png");
}

double Apart(const Picture& a, const Picture& b) { return Compare(a, b).mean; }

TEST(ControlScreenTest, EqualKeysGiveEqualPictures) {
  const std::string keys =
      "wait idle\nkey Shift+.\nkey .\nkey Right\nkey P\nwait idle\nkey .\nwait idle\n";
  const Picture first = After(MakeControlScreen(Paused("cartpole", "random")), keys);
  EXPECT_EQ(Apart(first, After(MakeControlScreen(Paused("cartpole", "random")), keys)), 0.0);
  // Another key at the end.
  const Picture other =
      After(MakeControlScreen(Paused("cartpole", "random")), keys + "key Shift+R\nwait idle\n");
  EXPECT_GT(Apart(first, other), 0.0);
}

TEST(ControlScreenTest, ClicksDoWhatKeysDo) {
  const Picture keys = After(MakeControlScreen(Paused("pendulum")),
                             "wait idle\nkey .\nkey .\nkey -\nwait idle\nmove 10 10\nwait 0.2\n");
  const Picture clicks =
      After(MakeControlScreen(Paused("pendulum")),
            "wait idle\nclick Step\nclick Step\nclick 1/2x\nwait idle\nmove 10 10\nwait 0.2\n");
  EXPECT_EQ(Apart(keys, clicks), 0.0);
}

TEST(ControlScreenTest, EveryTaskIsPushedInWindowsOfAnyShape) {
  const std::vector<std::pair<int, int>> sizes = {{640, 400}, {200, 150}, {320, 640}};
  for (std::size_t i = 0; i < ControlTasks().size(); ++i) {
    const std::string& task = ControlTasks()[i].name;
    const auto [width, height] = sizes[i % sizes.size()];
    const auto pushed = [&, width = width, height = height](const char* key) {
      const std::string step = std::string("key ") + key + "\n";
      return After(MakeControlScreen(Paused(task)),
                   "wait idle\n" + step + step + step + step + "wait idle\n", width, height);
    };
    EXPECT_GT(Apart(pushed("Left"), pushed("Right")), 0.01)
        << task << " " << width << "x" << height;
  }
}

TEST(ControlScreenTest, SaysWhatIsWrongAndLeaves) {
  const Picture fine = After(MakeControlScreen(Paused("cartpole")), "wait idle\n");
  const Picture gone = After(MakeControlScreen(Paused("cartpole", "no/such/run")), "wait idle\n");
  EXPECT_GT(Apart(fine, gone), 0.0);
  const Picture unknown = After(MakeControlScreen(Paused("chess")), "wait idle\n");
  EXPECT_GT(Apart(fine, unknown), 5.0);
  const Picture start = After(nullptr, "wait 0.1\n");
  const Picture left =
      After(MakeControlScreen(Paused("cartpole")), "wait idle\nkey Escape\nwait 0.1\n");
  EXPECT_EQ(Apart(start, left), 0.0);
}

}  // namespace
}  // namespace tengen

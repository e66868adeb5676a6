#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#ifdef TENGEN_WITH_WINDOW
#include "experiments/files/sgf_files.h"
#include "experiments/players/agent_spec.h"
#include "experiments/supervised/learn_page.h"
#include "experiments/viewer/control/control_policy.h"
#include "experiments/viewer/control/control_screen.h"
#include "experiments/viewer/learn/learn_screen.h"
#include "experiments/viewer/play/play_screen.h"
#include "experiments/viewer/run/run_screen.h"
#include "experiments/viewer/start_screen.h"
#include "experiments/viewer/window/view_loop.h"
#include "nets/atomic_file.h"
#endif

namespace tengen {
namespace {

struct ViewCommandOptions {
  std::string what;
  std::string size = "1280x800";
  std::string device = "cpu";
  std::string screenshot;
  std::string record;
  std::string script;
  double seconds = 0.0;
  std::string black;
  std::string white;
  std::string analysis;
  std::string policy;
  bool frame_stats = false;
};

#ifdef TENGEN_WITH_WINDOW

std::string ReadText(const std::string& path) { return OrWorldError(ReadWholeFile(path)); }

WindowOptions ParseWindow(const ViewCommandOptions& options) {
  WindowOptions window;
  char rest = 0;
  if (std::sscanf(options.size.c_str(), "%dx%d%c", &window.width, &window.height, &rest) != 2 ||
      window.width < 1 || window.height < 1 || window.width > 16384 || window.height > 16384) {
    throw UsageError(StrCat("--size ", options.size, ", wanted WIDTHxHEIGHT, such as 1280x800"));
  }
  window.headless = !options.screenshot.empty() || !options.record.empty();
  return window;
}

std::string AgentOrPerson(const std::string& text) {
  if (text == "person") return "";
  (void)OrUsageError(AgentSpec::Parse(text));
  return text;
}

// Whether `tengen train` wrote, or is going to write, into this folder.
bool IsTrainRun(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(folder / "config.json", ignored) &&
         std::filesystem::is_directory(folder / "games", ignored);
}

// The control task or its run that WHAT names; null if it is neither.
std::unique_ptr<Screen> ControlScreenOf(const ViewCommandOptions& options) {
  const auto run = OrUsageError(FindControlRun(options.what));
  if (!run || (run->trained_by_planning && options.policy.empty())) return nullptr;
  ControlScreenOptions control;
  control.env_id = run->env_id;
  control.policy = options.policy.empty() ? run->policy : options.policy;
  // Pictures are to depend on the script alone, not on the clock.
  control.paused = !options.script.empty() || !options.screenshot.empty();
  control.steps = options.script.empty() ? 50 : 0;
  return MakeControlScreen(control);
}

// The screen that WHAT names; null for the start screen.
std::unique_ptr<Screen> FirstScreen(const ViewCommandOptions& options) {
  const bool play = !options.black.empty() || !options.white.empty();
  if (options.what.empty() && !play) return nullptr;
  if (!play && IsLearnRun(options.what)) return MakeLearnScreen(options.what);
  if (!play) {
    if (auto control = ControlScreenOf(options)) return control;
  }
  if (IsTrainRun(options.what)) return MakeRunScreen(options.what);
  PlayOptions game;
  if (!options.analysis.empty()) (void)OrUsageError(AgentSpec::Parse(options.analysis));
  game.analysis = options.analysis;
  if (HasSgfName(options.what)) {
    game.record = options.what;
    game.agents = {"", ""};
  } else if (!options.what.empty()) {
    if (options.what.find('/') != std::string::npos) {
      throw UsageError(StrCat(
          "'", options.what, "' is neither a run folder nor a game record, wanted one, or a game"));
    }
    game.game = GameOrUsageError(options.what)->spec().id;
  }
  if (game.record.empty()) game.agents = {"", DefaultOpponent(game.game)};
  if (!options.black.empty()) game.agents[0] = AgentOrPerson(options.black);
  if (!options.white.empty()) game.agents[1] = AgentOrPerson(options.white);
  if (!options.black.empty() && options.white.empty() && !game.agents[0].empty()) {
    game.agents[1] = "";
  }
  return MakePlayScreen(game);
}

void RunView(const ViewCommandOptions& options) {
  ViewOptions view;
  view.window = ParseWindow(options);
  view.device = DeviceOption(options.device);
  view.screenshot = options.screenshot;
  view.record = options.record;
  view.seconds = options.seconds;
  view.frame_stats = options.frame_stats;
  if (!options.script.empty()) {
    auto script = ViewScript::Parse(ReadText(options.script));
    if (!script) throw UsageError(StrCat(options.script, ", ", script.error()));
    view.script = std::move(*script);
  }
  const std::atomic<bool>& stop = StopRequested();
  const std::string failure = RunWindow(
      view, FirstScreen(options), [] { return std::make_unique<StartScreen>(); },
      [&stop] { return stop.load(); });
  // Who looks at the window has read it.
  if (view.window.headless && !failure.empty()) throw WorldError(failure);
}

#else

void RunView(const ViewCommandOptions&) {
  throw WorldError(
      "this tengen was built without a window; install libsdl2-dev, libsdl2-image-dev and "
      "libimgui-dev and run './tengen build'");
}

#endif

}  // namespace

void AddViewCommand(CLI::App& app) {
  auto options = std::make_shared<ViewCommandOptions>();
  CLI::App* command = app.add_subcommand(kViewText.name, kViewText.summary);
  command->add_option("what", options->what,
                      "A run folder, an SGF file, a game, a preset or a control task");
  command->add_option("--black", options->black,
                      "First player: person, or an agent as in 'match' (default: person)");
  command->add_option("--white", options->white,
                      "Second player (default: a network that comes along, or mcts:800)");
  command->add_option("--analysis", options->analysis,
                      "Agent that analyses (default: a network that plays)");
  command->add_option("--policy", options->policy,
                      "Who acts in a control task: idle, random, RUN[,seed=N], run:RUN or mcts:N");
  command->add_option("--size", options->size, "Of the window, pixels")->capture_default_str();
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_option("--screenshot", options->screenshot,
                      "Write this PNG file and end; needs no display");
  command->add_option("--record", options->record,
                      "Write every frame as PNG into this folder; needs no display");
  command->add_option("--script", options->script,
                      "A file of keys and clicks to send, see experiments/viewer/view_script.h");
  command->add_option("--seconds", options->seconds, "Close after so long (0: never)")
      ->check(NumberFrom(0.0, 1e9));
  command->add_flag("--frame-stats", options->frame_stats, "Print frame times at the end");
  command->callback([options] { RunView(*options); });
}

}  // namespace tengen

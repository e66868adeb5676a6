#include "experiments/viewer/start_screen.h"

#include <SDL.h>
#include <algorithm>
#include <filesystem>

#include "envs/core/check.h"
#include "envs/registry/game_registry.h"
#include "experiments/runs/run_folder.h"
#include "experiments/viewer/control/control_policy.h"
#include "experiments/viewer/control/control_screen.h"
#include "experiments/viewer/play/play_screen.h"
#include "experiments/viewer/run/run_screen.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

struct Offer {
  const char* name;
  const char* game;
  int key;
};

constexpr Offer kOffers[] = {
    {"Go 9x9  (1)", "go:size=9,rules=tromp-taylor,komi=7", SDL_SCANCODE_1},
    {"Go 19x19  (2)", "go:size=19,rules=tromp-taylor", SDL_SCANCODE_2},
    {"Connect Four  (3)", "connect4", SDL_SCANCODE_3},
    {"Othello  (4)", "othello", SDL_SCANCODE_4},
    {"Hex 11x11  (5)", "hex", SDL_SCANCODE_5},
    {"Gomoku  (6)", "gomoku", SDL_SCANCODE_6},
    {"Tic-tac-toe  (7)", "tictactoe", SDL_SCANCODE_7},
};

bool Card(const char* name, float width, float height) {
  return ImGui::BeginChild(name, {width, height}, true, ImGuiWindowFlags_None);
}

void Headline(const Frame& frame, const char* text) {
  ImGui::PushFont(frame.fonts.bold);
  ImGui::TextUnformatted(text);
  ImGui::PopFont();
  ImGui::Spacing();
}

PlayOptions Against(const std::string& game, const std::string& agent) {
  PlayOptions options;
  options.game = game;
  options.agents = {"", agent};
  return options;
}

// Runs of `tengen train` are watched; those of `tengen rl` show what their policy does.
std::unique_ptr<Screen> ScreenOfRun(const std::string& path) {
  const auto run = FindControlRun(path);
  if (!run.ok() || !run->has_value() || (*run)->trained_by_planning) return MakeRunScreen(path);
  ControlScreenOptions options;
  options.env_id = (*run)->env_id;
  options.policy = (*run)->policy;
  return MakeControlScreen(options);
}

}  // namespace

StartScreen::StartScreen() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("runs", ignored)) {
    if (!fs::exists(entry.path() / "config.json", ignored)) continue;
    const std::size_t checkpoints = RunFolder::Checkpoints(entry.path()).size();
    std::string text = entry.path().filename().string();
    if (checkpoints > 0) text += StrCat(", ", checkpoints, " checkpoints");
    runs_.push_back({entry.path().string(), text});
  }
  std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.path < b.path; });
}

void StartScreen::DrawGames(const Frame& frame, float width) {
  Headline(frame, "Play at once");
  for (const Offer& offer : kOffers) {
    ImGui::PushID(offer.game);
    const bool clicked = ImGui::Button(offer.name, {width, 0.0F});
    frame.NamePlace(std::string(offer.name).substr(0, std::string(offer.name).find("  (")));
    if (clicked || (!dialog_.open() && frame.Pressed(offer.key))) {
      frame.open(MakePlayScreen(Against(offer.game, DefaultOpponent(offer.game))));
    }
    ImGui::PopID();
  }
  ImGui::Spacing();
  if (Button(frame, "Choose rules and opponent ...  (N)", dialog_.open() ? 0 : SDL_SCANCODE_N)) {
    dialog_.Open(Against(kOffers[0].game, DefaultOpponent(kOffers[0].game)));
  }
  ImGui::PushTextWrapPos(0.0F);
  ImGui::TextDisabled(
      "Nothing needs to be trained first: on 9x9 you meet net:go9, which comes along, elsewhere "
      "pure Monte Carlo search.");
  ImGui::PopTextWrapPos();
}

void StartScreen::DrawTasks(const Frame& frame, float width) {
  Headline(frame, "Control tasks");
  for (const ControlTask& task : ControlTasks()) {
    const bool clicked = ImGui::Button(task.title.c_str(), {width, 0.0F});
    frame.NamePlace(task.title);
    if (!clicked) continue;
    ControlScreenOptions options;
    options.env_id = task.name;
    frame.open(MakeControlScreen(options));
  }
  ImGui::Spacing();
  ImGui::PushTextWrapPos(0.0F);
  ImGui::TextDisabled("Push with the arrow keys, or let a trained policy act:");
  ImGui::PushFont(frame.fonts.mono);
  ImGui::TextUnformatted("./tengen rl ppo cartpole");
  ImGui::PopFont();
  ImGui::PopTextWrapPos();
}

void StartScreen::DrawRuns(const Frame& frame, float width) {
  Headline(frame, "Your runs");
  ImGui::PushTextWrapPos(0.0F);
  if (runs_.empty()) {
    ImGui::TextUnformatted("There is none under runs/ yet. Train one in another terminal:");
    ImGui::PushFont(frame.fonts.mono);
    ImGui::TextUnformatted("  ./tengen train go5");
    ImGui::PopFont();
    ImGui::TextDisabled("It shows up here while it learns, to watch and to play against.");
  }
  ImGui::PopTextWrapPos();
  for (const Run& run : runs_) {
    ImGui::PushID(run.path.c_str());
    const bool clicked = ImGui::Button(run.text.c_str(), {width, 0.0F});
    frame.NamePlace(run.path);
    if (clicked) frame.open(ScreenOfRun(run.path));
    ImGui::PopID();
  }
}

void StartScreen::DrawHints(const Frame& frame) {
  ImGui::PushTextWrapPos(0.0F);
  ImGui::TextDisabled("Other opponents and records:");
  ImGui::PushFont(frame.fonts.mono);
  ImGui::TextUnformatted("./tengen view go:size=19 --white katago:NETWORK.bin.gz,visits=100");
  ImGui::TextUnformatted("./tengen view go9 --white 'gtp:\"gnugo --mode gtp\"'");
  ImGui::TextUnformatted("./tengen view game.sgf     (or drag a record into this window)");
  ImGui::PopFont();
  ImGui::PopTextWrapPos();
}

void StartScreen::Draw(const Frame& frame) {
  if (!dropped_.empty()) {
    PlayOptions options;
    options.record = dropped_;
    options.agents = {"", ""};
    return frame.open(MakePlayScreen(options));
  }
  BeginPanel("start", {0.0F, 0.0F, frame.width, frame.height}, /*walk=*/true);
  ImGui::PushFont(frame.fonts.large);
  ImGui::TextUnformatted("Tengen");
  ImGui::PopFont();
  ImGui::TextDisabled("Play the agents, see what they think, watch them learn.");
  ImGui::Spacing();
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const bool wide = frame.width >= 560.0F;
  const float room = ImGui::GetContentRegionAvail().x;
  const float width = wide ? (room - 2.0F * gap) / 3.0F : room;
  const float hints = 110.0F * frame.scale;
  const float height = wide ? std::max(80.0F, ImGui::GetContentRegionAvail().y - hints) : 0.0F;
  const float inner = width - 2.0F * ImGui::GetStyle().WindowPadding.x;
  const auto card = [&](const char* name, auto draw) {
    if (wide) Card(name, width, height);
    draw(wide ? inner : width);
    if (wide) ImGui::EndChild();
  };
  if (!wide) ImGui::BeginChild("all");
  card("games", [&](float w) { DrawGames(frame, w); });
  if (wide) ImGui::SameLine();
  card("tasks", [&](float w) { DrawTasks(frame, w); });
  if (wide) ImGui::SameLine();
  card("runs", [&](float w) { DrawRuns(frame, w); });
  DrawHints(frame);
  if (!wide) ImGui::EndChild();
  EndPanel();
  if (const auto chosen = dialog_.Draw(frame)) frame.open(MakePlayScreen(*chosen));
}

}  // namespace tengen

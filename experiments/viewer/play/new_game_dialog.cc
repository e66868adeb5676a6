#include "experiments/viewer/play/new_game_dialog.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <imgui_stdlib.h>

#include "envs/go/go_game.h"
#include "envs/go/handicap.h"
#include "envs/go/rules.h"
#include "envs/registry/game_registry.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/shipped_networks.h"
#include "experiments/runs/run_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPerson = "a person";
constexpr const char* kOther = "another agent ...";

// Games of two players, in the registry's order.
std::vector<std::string> BoardGames() {
  std::vector<std::string> names;
  for (const RegisteredGame& game : RegisteredGames()) {
    const auto made = game.make({});
    if (made.ok() && (*made)->spec().num_players == 2) names.push_back(game.name);
  }
  return names;
}

const std::vector<std::string>& Games() {
  static const std::vector<std::string> names = BoardGames();
  return names;
}

bool HasSize(const std::string& game) { return game == "go" || game == "hex" || game == "gomoku"; }

template <typename Names>
void Combo(const Frame& frame, const char* label, const Names& names, int& index) {
  const auto count = static_cast<int>(names.size());
  index = std::clamp(index, 0, count - 1);
  if (!ImGui::BeginCombo(label, names[static_cast<std::size_t>(index)].c_str())) {
    frame.NamePlace(label);
    return;
  }
  for (int i = 0; i < count; ++i) {
    if (ImGui::Selectable(names[static_cast<std::size_t>(i)].c_str(), i == index)) index = i;
    frame.NamePlace(names[static_cast<std::size_t>(i)]);
  }
  ImGui::EndCombo();
}

}  // namespace

void NewGameDialog::Open(const PlayOptions& options) {
  open_ = true;
  last_ = options;
  const std::string name = options.game.substr(0, options.game.find(':'));
  const auto found = std::find(Games().begin(), Games().end(), name);
  game_ = found == Games().end() ? 0 : static_cast<int>(found - Games().begin());
  ReadGame(options.game);
  choices_ = {kPerson, "mcts", "random"};
  for (const std::string& network : ShippedNetworkNames()) choices_.push_back("net:" + network);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("runs", ignored)) {
    if (!RunFolder::Checkpoints(entry.path()).empty()) {
      choices_.push_back("run:" + AgentWord(entry.path().string()));
    }
  }
  std::sort(choices_.begin() + 3, choices_.end());
  choices_.emplace_back(kOther);
  for (const std::size_t side : {0U, 1U}) ReadAgent(options.agents[side], sides_[side]);
}

// Size, rules, komi and handicap of the game that was played last.
void NewGameDialog::ReadGame(const std::string& id) {
  const auto made = MakeGame(id);
  if (!made) return;
  size_ = (*made)->spec().shape.rows;
  const auto* go = dynamic_cast<const GoGame*>(made->get());
  if (go == nullptr) return;
  komi_ = static_cast<float>(go->rules().komi());
  handicap_ = go->setup().handicap;
  const auto& names = RulesPresetNames();
  for (std::size_t i = 0; i < names.size(); ++i) {
    Rules preset = *RulesPreset(names[i]);
    preset.half_komi = go->rules().half_komi;
    if (preset == go->rules()) rules_ = static_cast<int>(i);
  }
}

// Finds the choice and strength that an agent's text means.
void NewGameDialog::ReadAgent(const std::string& agent, Side& side) {
  side = {};
  side.visits = 400;
  if (agent.empty()) return;
  side.text = agent;
  side.choice = static_cast<int>(choices_.size()) - 1;
  const auto spec = AgentSpec::Parse(agent);
  if (!spec) return;
  if (spec->visits != AgentSpec::kTimeDecides) side.visits = spec->visits;
  side.seconds = static_cast<float>(spec->seconds);
  const std::string head = agent.substr(0, agent.find(','));
  const auto found = std::find(choices_.begin(), choices_.end(),
                               spec->kind == AgentSpec::Kind::kRollouts ? "mcts" : head);
  if (found != choices_.end()) side.choice = static_cast<int>(found - choices_.begin());
}

std::string NewGameDialog::AgentText(const Side& side) const {
  const std::string& choice = choices_[static_cast<std::size_t>(side.choice)];
  if (choice == kPerson) return "";
  if (choice == kOther) return side.text;
  if (choice == "random") return choice;
  if (choice == "mcts") return StrCat("mcts:", std::max(1, side.visits));
  std::string text = StrCat(choice, ",visits=", side.visits);
  if (side.seconds > 0.0F) text += StrCat(",seconds=", side.seconds);
  return text;
}

PlayOptions NewGameDialog::Chosen() const {
  PlayOptions options = last_;
  options.record.clear();
  options.moves.clear();
  options.game = Games()[static_cast<std::size_t>(game_)];
  if (options.game == "go") {
    options.game +=
        StrCat(":size=", size_, ",rules=", RulesPresetNames()[static_cast<std::size_t>(rules_)],
               ",komi=", KomiText(static_cast<int>(std::lround(2.0F * komi_))));
    if (handicap_ > 1) options.game += StrCat(",handicap=", handicap_);
  } else if (HasSize(options.game)) {
    options.game += StrCat(":size=", size_);
  }
  options.agents = {AgentText(sides_[0]), AgentText(sides_[1])};
  options.minutes = static_cast<double>(minutes_);
  return options;
}

void NewGameDialog::DrawGame(const Frame& frame) {
  Combo(frame, "Game", Games(), game_);
  const std::string& name = Games()[static_cast<std::size_t>(game_)];
  if (HasSize(name)) {
    ImGui::SliderInt("Size", &size_, name == "go" ? 2 : 3, 19);
    frame.NamePlace("Size");
  }
  if (name == "go") {
    const int before = rules_;
    Combo(frame, "Rules", RulesPresetNames(), rules_);
    if (rules_ != before) {
      komi_ =
          0.5F * static_cast<float>(
                     RulesPreset(RulesPresetNames()[static_cast<std::size_t>(rules_)])->half_komi);
    }
    ImGui::InputFloat("Komi", &komi_, 0.5F, 1.0F, "%.1f");
    komi_ = std::clamp(std::round(2.0F * komi_) / 2.0F, -361.0F, 361.0F);
    const int most = MaxFixedHandicap({size_, size_});
    if (most >= 2) {
      ImGui::SliderInt("Handicap", &handicap_, 0, most, handicap_ < 2 ? "none" : "%d stones");
    }
    handicap_ = std::min(handicap_, most);
  }
  ImGui::InputFloat("Minutes each", &minutes_, 1.0F, 5.0F, minutes_ > 0.0F ? "%.0f" : "no clock");
  minutes_ = std::clamp(minutes_, 0.0F, 600.0F);
}

void NewGameDialog::DrawSide(const Frame& frame, const char* label, Side& side) {
  ImGui::PushID(label);
  Combo(frame, label, choices_, side.choice);
  const std::string& choice = choices_[static_cast<std::size_t>(side.choice)];
  if (choice == kOther) {
    ImGui::InputTextWithHint("Agent", "katago:FILE or gtp:\"COMMAND\"", &side.text);
  } else if (choice != kPerson && choice != "random") {
    const bool rollouts = choice == "mcts";
    ImGui::InputInt(rollouts ? "Rollouts a move" : "Visits a move", &side.visits, 50, 200);
    side.visits = std::clamp(side.visits, rollouts ? 1 : 0, 1'000'000);
    if (!rollouts) {
      ImGui::InputFloat("Seconds a move", &side.seconds, 0.5F, 2.0F,
                        side.seconds > 0.0F ? "%.1f" : "no limit");
      side.seconds = std::clamp(side.seconds, 0.0F, 3600.0F);
    }
  }
  ImGui::PopID();
}

std::optional<PlayOptions> NewGameDialog::Draw(const Frame& frame) {
  if (!open_) return std::nullopt;
  const float width = std::min(480.0F * frame.scale, frame.width - 8.0F);
  ImGui::OpenPopup("New game");
  ImGui::SetNextWindowPos({frame.width / 2, frame.height / 2}, ImGuiCond_Always, {0.5F, 0.5F});
  ImGui::SetNextWindowSize({width, 0.0F});
  ImGui::SetNextWindowSizeConstraints({0.0F, 0.0F}, {width, frame.height - 8.0F});
  std::optional<PlayOptions> chosen;
  if (!ImGui::BeginPopupModal(
          "New game", nullptr,
          ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize)) {
    return std::nullopt;
  }
  ImGui::PushFont(frame.fonts.large);
  ImGui::TextUnformatted("New game");
  ImGui::PopFont();
  ImGui::PushItemWidth(-160.0F * frame.scale);
  DrawGame(frame);
  ImGui::Separator();
  DrawSide(frame, "First player", sides_[0]);
  DrawSide(frame, "Second player", sides_[1]);
  ImGui::PopItemWidth();
  ImGui::Separator();
  if (Button(frame, "Start", SDL_SCANCODE_RETURN)) {
    chosen = Chosen();
    open_ = false;
  }
  ImGui::SameLine();
  if (Button(frame, "Swap sides")) std::swap(sides_[0], sides_[1]);
  ImGui::SameLine();
  if (Button(frame, "Cancel", SDL_SCANCODE_ESCAPE)) open_ = false;
  if (!open_) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
  return chosen;
}

}  // namespace tengen

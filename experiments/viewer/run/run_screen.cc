#include "experiments/viewer/run/run_screen.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "envs/core/check.h"
#include "experiments/config/budget.h"
#include "experiments/runs/run_watch.h"
#include "experiments/train/run_status.h"
#include "experiments/viewer/run/game_wall.h"
#include "experiments/viewer/run/run_curves.h"
#include "experiments/viewer/run/time_machine.h"

namespace tengen {
namespace {

constexpr ImU32 kGood = IM_COL32(110, 200, 120, 255);
constexpr ImU32 kDone = IM_COL32(111, 177, 228, 255);
constexpr ImU32 kHalted = IM_COL32(226, 168, 84, 255);
constexpr ImU32 kBad = IM_COL32(232, 112, 92, 255);
constexpr ImU32 kFaint = IM_COL32(154, 156, 160, 255);
constexpr ImU32 kText = IM_COL32(232, 230, 227, 255);
constexpr float kMatches = 380.0F;  // units, width of their list
constexpr double kCalm = 10.0;      // moves a second
constexpr float kLow = 300.0F;      // units: lower windows show no facts

struct PhaseLook {
  const char* text;
  ImU32 colour;
};

PhaseLook LookOf(RunPhase phase) {
  switch (phase) {
    case RunPhase::kRunning:
      return {"running", kGood};
    case RunPhase::kFinished:
      return {"finished", kDone};
    case RunPhase::kStopped:
      return {"stopped", kHalted};
    case RunPhase::kGone:
      return {"gone", kBad};
  }
  return {"", kFaint};
}

std::string Count(std::int64_t count) { return CountText(static_cast<double>(count)); }

// "3 min of 10 min, 7 min left".
std::string TimeText(const RunSnapshot& run) {
  std::string text = DurationText(run.seconds) + " trained";
  const auto budget = Budget::Parse(run.budget);
  if (budget) text += " of " + budget->Text();
  if (run.phase == RunPhase::kRunning && run.budget_used > 0.01 && run.budget_used < 1.0) {
    text += ", " + DurationText(run.seconds / run.budget_used - run.seconds) + " left";
  }
  return text;
}

class RunScreen : public Screen {
 public:
  explicit RunScreen(const std::filesystem::path& folder)
      : folder_(folder), watch_(folder), machine_(folder) {}

  void Draw(const Frame& frame) override;
  // Ten frames a second are enough for most, and leave the processor to those who train.
  bool Animates() const override {
    return face_ == Face::kWatch && !wall_.paused() && wall_.speed() > kCalm;
  }
  bool Busy() const override {
    return run_ == nullptr || run_->loading || (face_ == Face::kTimeMachine && machine_.busy());
  }

 private:
  enum class Face { kWatch, kTimeMachine };

  float DrawHeader(const Frame& frame);
  float DrawFaces(const Frame& frame, float left);
  void DrawFacts(const Frame& frame);
  void DrawWatch(const Frame& frame, const Box& box);
  void DrawGames(const Frame& frame, const Box& box);
  void DrawMatches(const Frame& frame, const Box& box) const;
  void Keys(const Frame& frame);

  const std::filesystem::path folder_;
  RunWatch watch_;
  std::shared_ptr<const RunSnapshot> run_;
  RunCurves curves_;
  GameWall wall_;
  bool speed_chosen_ = false;  // by the user
  TimeMachine machine_;
  Face face_ = Face::kWatch;
};

// As many facts as fit into the width.
void RunScreen::DrawFacts(const Frame& frame) {
  std::vector<std::string> facts = {Count(run_->steps) + " steps", Count(run_->games) + " games",
                                    TimeText(*run_), Count(run_->positions) + " positions"};
  const double age_s = AgeOf(*run_);
  if (std::isfinite(age_s)) facts.push_back(StrCat("last news ", DurationText(age_s), " ago"));
  if (!run_->machine.empty()) facts.push_back(run_->machine);
  ImGui::PushFont(frame.fonts.small);
  const float room = ImGui::GetContentRegionAvail().x - 130.0F * frame.scale;
  std::string text;
  for (const std::string& fact : facts) {
    const std::string longer = text + (text.empty() ? "" : "    ") + fact;
    if (ImGui::CalcTextSize(longer.c_str()).x > room) break;
    text = longer;
  }
  ImGui::TextDisabled("%s", text.c_str());
  if (face_ == Face::kWatch) {
    const char* other = curves_.over_steps() ? "show over time (X)" : "show over steps (X)";
    const float width = ImGui::CalcTextSize(other).x + 2.0F * ImGui::GetStyle().FramePadding.x;
    ImGui::SameLine(frame.width - ImGui::GetStyle().WindowPadding.x - width);
    if (ImGui::SmallButton(other)) curves_.ToggleAxis();
    frame.NamePlace("axis");
  }
  ImGui::PopFont();
}

// Switches between the faces, at the right of the title. Returns where they begin; nothing is shown
// where they do not fit beside `left`.
float RunScreen::DrawFaces(const Frame& frame, float left) {
  struct Choice {
    const char* name;
    Face face;
  };
  constexpr Choice kChoices[] = {{"Watch", Face::kWatch}, {"Time machine", Face::kTimeMachine}};
  const ImGuiStyle& style = ImGui::GetStyle();
  float width = -style.ItemSpacing.x;
  for (const char* name : {"Watch", "Time machine", "Leave"}) {
    width += ImGui::CalcTextSize(name).x + 2.0F * style.FramePadding.x + style.ItemSpacing.x;
  }
  const float begin = frame.width - style.WindowPadding.x - width;
  if (begin < left) return frame.width - style.WindowPadding.x;
  const ImVec2 before = ImGui::GetCursorPos();
  ImGui::SetCursorPos({begin, style.WindowPadding.y});
  for (const Choice& choice : kChoices) {
    const bool on = face_ == choice.face;
    if (on) ImGui::PushStyleColor(ImGuiCol_Button, style.Colors[ImGuiCol_ButtonActive]);
    if (Button(frame, choice.name, 0, "Tab")) face_ = choice.face;
    if (on) ImGui::PopStyleColor();
    ImGui::SameLine();
  }
  if (Button(frame, "Leave", 0, "Esc")) frame.open(nullptr);
  ImGui::SetCursorPos(before);
  return begin;
}

// Title, state and facts; returns where the body begins.
float RunScreen::DrawHeader(const Frame& frame) {
  ImGui::PushFont(frame.fonts.large);
  const std::string name =
      run_ == nullptr || run_->preset.empty() ? folder_.filename().string() : run_->preset;
  frame.NeedCharacters(name);
  ImGui::TextUnformatted(name.c_str());
  const ImVec2 title = ImGui::GetItemRectMax();
  ImGui::PopFont();
  if (run_ == nullptr) return ImGui::GetCursorPosY();
  const PhaseLook look = LookOf(run_->phase);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float line = ImGui::GetTextLineHeight();
  const float base = title.y - 1.25F * line;
  float x = title.x + 1.1F * line;
  list.AddCircleFilled({x, base + 0.52F * line}, 0.3F * line, look.colour, 20);
  x += 0.7F * line;
  list.AddText({x, base}, look.colour, look.text);
  x += ImGui::CalcTextSize(look.text).x + 1.2F * line;
  const float end = DrawFaces(frame, x);
  const bool beside = x + ImGui::CalcTextSize(run_->sentence.c_str()).x < end - line;
  if (beside) list.AddText({x, base}, kText, run_->sentence.c_str());
  const bool low = frame.height < kLow * frame.scale;
  if (!beside && !(low && face_ == Face::kTimeMachine)) {
    ImGui::TextWrapped("%s", run_->sentence.c_str());
  }
  if (!low) DrawFacts(frame);
  if (!run_->config_problem.empty()) {
    ImGui::PushStyleColor(ImGuiCol_Text, kBad);
    ImGui::TextWrapped("%s", run_->config_problem.c_str());
    ImGui::PopStyleColor();
  }
  return ImGui::GetCursorPosY() + ImGui::GetStyle().ItemSpacing.y;
}

void RunScreen::DrawGames(const Frame& frame, const Box& box) {
  const bool alone = run_->game != nullptr && run_->game->spec().num_players == 1;
  if (!speed_chosen_) wall_.SetSpeed(alone ? 50.0 : 3.0);
  ImGui::SetCursorScreenPos(box.min());
  ImGui::AlignTextToFramePadding();
  ImGui::PushFont(frame.fonts.bold);
  ImGui::TextUnformatted(alone ? "Newest episodes" : "Newest games");
  ImGui::PopFont();
  ImGui::SameLine();
  if (Button(frame, wall_.paused() ? "Play" : "Pause", 0, "Space"))
    wall_.SetPaused(!wall_.paused());
  ImGui::SameLine();
  ImGui::SetNextItemWidth(180.0F * frame.scale);
  auto speed = static_cast<float>(wall_.speed());
  if (ImGui::SliderFloat("##speed", &speed, alone ? 5.0F : 0.5F, alone ? 500.0F : 30.0F,
                         alone ? "%.0f steps a second" : "%.1f moves a second",
                         ImGuiSliderFlags_Logarithmic)) {
    speed_chosen_ = true;
    wall_.SetSpeed(speed);
  }
  frame.NamePlace("speed");
  const float top = ImGui::GetItemRectMax().y + 8.0F * frame.scale;
  wall_.Draw(frame, {box.x, top, box.width, box.y + box.height - top}, *run_);
}

void RunScreen::DrawMatches(const Frame& frame, const Box& box) const {
  ImGui::SetCursorScreenPos(box.min());
  ImGui::BeginChild("matches", {box.width, box.height});
  ImGui::AlignTextToFramePadding();
  ImGui::PushFont(frame.fonts.bold);
  const bool alone = run_->game != nullptr && run_->game->spec().num_players == 1;
  ImGui::TextUnformatted(alone ? "Tests" : "Test matches");
  ImGui::PopFont();
  if (run_->matches.empty()) ImGui::TextDisabled("None yet.");
  if (!run_->matches.empty() &&
      ImGui::BeginTable("rows", 4, ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_RowBg)) {
    for (const char* name : {"Step", alone ? "Episodes" : "Against", alone ? "Policy" : "Points",
                             alone ? "With search" : "Elo (95 %)"}) {
      ImGui::TableSetupColumn(name);
    }
    ImGui::TableHeadersRow();
    for (auto row = run_->matches.rbegin(); row != run_->matches.rend(); ++row) {
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      ImGui::TextUnformatted(Count(row->step).c_str());
      ImGui::TableNextColumn();
      if (alone) {
        ImGui::Text("%d", row->games);
        ImGui::TableNextColumn();
        ImGui::Text("%.1f", row->policy_return);
        ImGui::TableNextColumn();
        ImGui::Text("%.1f", row->search_return);
        continue;
      }
      ImGui::TextUnformatted(row->opponent.c_str());
      ImGui::TableNextColumn();
      ImGui::Text("%g of %d", row->points, row->games);
      ImGui::TableNextColumn();
      if (std::isfinite(row->elo_low) && std::isfinite(row->elo_high)) {
        ImGui::Text("%.0f (%.0f to %.0f)", row->elo, row->elo_low, row->elo_high);
      } else if (std::isfinite(row->elo_low)) {
        ImGui::Text("above %.0f", row->elo_low);
      } else {
        ImGui::Text("below %.0f", row->elo_high);
      }
    }
    ImGui::EndTable();
  }
  ImGui::EndChild();
}

void RunScreen::DrawWatch(const Frame& frame, const Box& box) {
  const float unit = frame.scale;
  const float gap = 12.0F * unit;
  if (box.height < 330.0F * unit) {
    curves_.Draw(frame, box, *run_);
    return;
  }
  const float curves = std::round(0.54F * box.height);
  curves_.Draw(frame, {box.x, box.y, box.width, curves}, *run_);
  const float top = box.y + curves + gap;
  const float height = box.y + box.height - top;
  const float list = box.width > 2.1F * kMatches * unit ? kMatches * unit : 0.0F;
  DrawGames(frame, {box.x, top, box.width - list - (list > 0.0F ? gap : 0.0F), height});
  if (list > 0.0F) DrawMatches(frame, {box.x + box.width - list, top, list, height});
}

void RunScreen::Keys(const Frame& frame) {
  if (frame.Pressed(SDL_SCANCODE_ESCAPE)) frame.open(nullptr);
  if (frame.Pressed(SDL_SCANCODE_TAB)) {
    face_ = face_ == Face::kWatch ? Face::kTimeMachine : Face::kWatch;
  }
  if (face_ == Face::kTimeMachine) return machine_.Keys(frame);
  if (frame.Pressed(SDL_SCANCODE_SPACE)) wall_.SetPaused(!wall_.paused());
  if (frame.Pressed(SDL_SCANCODE_X)) curves_.ToggleAxis();
}

void RunScreen::Draw(const Frame& frame) {
  run_ = watch_.snapshot();
  BeginPanel("run", {0.0F, 0.0F, frame.width, frame.height});
  const float top = DrawHeader(frame);
  const float pad = ImGui::GetStyle().WindowPadding.x;
  if (run_ != nullptr) {
    const Box body = {pad, top, frame.width - 2.0F * pad, frame.height - top - pad};
    face_ == Face::kWatch ? DrawWatch(frame, body) : machine_.Draw(frame, body, *run_);
  }
  EndPanel();
  Keys(frame);
}

}  // namespace

std::unique_ptr<Screen> MakeRunScreen(const std::filesystem::path& folder) {
  return std::make_unique<RunScreen>(folder);
}

}  // namespace tengen

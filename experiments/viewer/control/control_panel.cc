#include "experiments/viewer/control/control_panel.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <limits>

#include "experiments/viewer/control/control_charts.h"

namespace tengen {
namespace {

const ImVec4 kBad = {0.95F, 0.5F, 0.42F, 1.0F};
constexpr ImU32 kReward = IM_COL32(150, 200, 130, 255);
constexpr ImU32 kReturn = IM_COL32(111, 177, 228, 255);
constexpr ImU32 kValue = IM_COL32(240, 200, 92, 255);

struct Speed {
  const char* name;
  double speed;
};
constexpr std::array kSpeeds = {Speed{"1/8x", 0.125}, Speed{"1/4x", 0.25}, Speed{"1/2x", 0.5},
                                Speed{"1x", 1.0}, Speed{"2x", 2.0}};

// Of the window's height, below the cursor.
float UnitsLeft(const Frame& frame) {
  const float bottom = ImGui::GetWindowHeight() - ImGui::GetStyle().WindowPadding.y;
  return (bottom - ImGui::GetCursorPosY()) / frame.scale;
}
bool HasRoom(const Frame& frame, float units) { return units <= UnitsLeft(frame); }
// In units: one line of text, and one with a widget.
constexpr float kLine = 26.0F;

float RightEdge() { return ImGui::GetWindowWidth() - ImGui::GetStyle().WindowPadding.x; }

void Caption(const Frame& frame, const char* text) {
  ImGui::Dummy({0.0F, 2.0F * frame.scale});
  ImGui::PushFont(frame.fonts.bold);
  ImGui::TextUnformatted(text);
  ImGui::PopFont();
}

void DrawHead(const Frame& frame, const ControlTask& task, ControlPanelRequest& request) {
  const ImGuiStyle& style = ImGui::GetStyle();
  const float leave = ImGui::CalcTextSize("Leave").x + 2.0F * style.FramePadding.x;
  ImFont* font = frame.fonts.large;
  const float room = RightEdge() - leave - style.ItemSpacing.x - ImGui::GetCursorPosX();
  if (font->CalcTextSizeA(font->FontSize, 1e9F, 0.0F, task.title.c_str()).x > room) {
    font = frame.fonts.bold;
  }
  ImGui::PushFont(font);
  ImGui::TextUnformatted(task.title.c_str());
  ImGui::PopFont();
  ImGui::SameLine(RightEdge() - leave);
  request.leave = Button(frame, "Leave", 0, "Back to the start (Esc)");
  if (!HasRoom(frame, 620.0F)) return;
  ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
  ImGui::TextWrapped("%s", task.goal.c_str());
  ImGui::PopStyleColor();
}

// A button of this width.
bool WideButton(const Frame& frame, const char* name, float width, const char* tooltip) {
  const bool clicked = ImGui::Button(name, {width, 0.0F});
  frame.NamePlace(name);
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", tooltip);
  return clicked;
}

void DrawTime(const Frame& frame, ControlRunner& runner, const ControlLook& look) {
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const float quarter = (ImGui::GetContentRegionAvail().x - 3.0F * gap) / 4.0F;
  const std::uint32_t seed = look.moment->seed;
  if (WideButton(frame, look.paused ? "Run" : "Pause", quarter, "Space")) {
    runner.Pause(!look.paused);
  }
  ImGui::SameLine();
  if (WideButton(frame, "Step", quarter, "One step (.), ten (Shift+.)")) {
    runner.Step(1, Push::kNone, 1.0);
  }
  ImGui::SameLine();
  if (WideButton(frame, "Next", quarter, "An episode from the next seed (R)")) {
    runner.Reset(seed + 1);
  }
  ImGui::SameLine();
  if (WideButton(frame, "Again", quarter, "The same seed from the start (Shift+R)")) {
    runner.Reset(seed);
  }
}

void DrawSpeeds(const Frame& frame, ControlRunner& runner, const ControlLook& look) {
  const auto count = static_cast<float>(kSpeeds.size());
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const float width = (ImGui::GetContentRegionAvail().x - (count - 1.0F) * gap) / count;
  for (std::size_t i = 0; i < kSpeeds.size(); ++i) {
    const bool chosen = kSpeeds[i].speed == look.speed;
    if (chosen) {
      ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
    }
    if (i > 0) ImGui::SameLine();
    const bool clicked =
        WideButton(frame, kSpeeds[i].name, width, "Slower with -, faster with + (or =)");
    if (chosen) ImGui::PopStyleColor();
    if (clicked) runner.SetSpeed(kSpeeds[i].speed);
  }
}

void DrawStrength(const Frame& frame, double& strength) {
  int percent = static_cast<int>(100.0 * strength + 0.5);
  ImGui::SetNextItemWidth(-std::numeric_limits<float>::min());
  ImGui::SliderInt("##strength", &percent, 10, 100, "strength of the keys %d %%",
                   ImGuiSliderFlags_AlwaysClamp);
  frame.NamePlace("Strength");
  strength = 0.01 * percent;
}

// The label of a policy's text, or the text.
std::string LabelOf(const ControlPanelState& state, const std::string& text) {
  for (const ControlPolicyChoice& choice : state.choices) {
    if (choice.text == text) return choice.label;
  }
  return text;
}

void DrawPolicy(const Frame& frame, const ControlLook& look, ControlPanelState& state,
                ControlPanelRequest& request) {
  const bool loading = !look.loading.empty();
  const std::string shown =
      loading ? StrCat("loading ", LabelOf(state, look.loading))
              : StrCat("policy: ",
                       look.moment->policy == "idle" ? "nobody (idle)" : look.moment->policy);
  ImGui::SetNextItemWidth(-std::numeric_limits<float>::min());
  const bool open = ImGui::BeginCombo("##policy", shown.c_str(), ImGuiComboFlags_HeightLarge);
  frame.NamePlace("Policy");
  if (!open && ImGui::IsItemHovered())
    ImGui::SetTooltip("The next one: P; the one before: Shift+P");
  if (open) {
    request.list_policies = ImGui::IsWindowAppearing();
    for (const ControlPolicyChoice& choice : state.choices) {
      if (ImGui::Selectable(choice.label.c_str(), choice.text == state.policy)) {
        request.policy = choice.text;
      }
      frame.NamePlace(choice.label);
    }
    ImGui::EndCombo();
  }
  if (look.error.empty()) return;
  ImGui::PushStyleColor(ImGuiCol_Text, kBad);
  ImGui::TextWrapped("%s", look.error.c_str());
  ImGui::PopStyleColor();
}

// Seed, step, return and the last reward in four columns.
void DrawCounters(const Frame& frame, const ControlMoment& moment) {
  const std::array<std::pair<const char*, std::string>, 4> counters = {
      std::pair{"seed", StrCat(moment.seed)}, std::pair{"step", StrCat(moment.step)},
      std::pair{"return", ShortNumber(moment.total)},
      std::pair{"reward", moment.step == 0 ? "" : ShortNumber(moment.reward)}};
  const float left = ImGui::GetCursorPosX();
  const float width = ImGui::GetContentRegionAvail().x / 4.0F;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    if (i > 0) ImGui::SameLine(left + static_cast<float>(i) * width);
    ImGui::BeginGroup();
    ImGui::TextDisabled("%s", counters[i].first);
    ImGui::PushFont(frame.fonts.bold);
    ImGui::TextUnformatted(counters[i].second.c_str());
    ImGui::PopFont();
    ImGui::EndGroup();
  }
}

void DrawCurves(const Frame& frame, const ControlMoment& moment, float height) {
  std::vector<float> rewards, totals, values;
  bool valued = false;
  for (const ControlPoint& point : moment.curve) {
    rewards.push_back(static_cast<float>(point.reward));
    totals.push_back(static_cast<float>(point.total));
    values.push_back(point.value ? static_cast<float>(*point.value)
                                 : std::numeric_limits<float>::quiet_NaN());
    valued = valued || point.value.has_value();
  }
  DrawCurve(frame, "reward", rewards, height, kReward);
  DrawCurve(frame, "return", totals, height, kReturn);
  if (valued) DrawCurve(frame, "value", values, height, kValue);
}

const char* EndOf(const EndedEpisode& episode) {
  if (episode.terminated && episode.truncated) return "both";
  return episode.terminated ? "terminated" : "truncated";
}

void DrawEpisodes(const ControlMoment& moment, float height) {
  if (!ImGui::BeginTable("episodes", 4, ImGuiTableFlags_ScrollY | ImGuiTableFlags_RowBg,
                         {0.0F, height})) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  for (const char* name : {"seed", "steps", "return", "end"}) ImGui::TableSetupColumn(name);
  ImGui::TableHeadersRow();
  for (const EndedEpisode& episode : moment.episodes) {
    const std::array<std::string, 4> cells = {StrCat(episode.seed), StrCat(episode.steps),
                                              ShortNumber(episode.total), EndOf(episode)};
    ImGui::TableNextRow();
    for (const std::string& cell : cells) {
      ImGui::TableNextColumn();
      ImGui::TextUnformatted(cell.c_str());
      if (ImGui::IsItemHovered()) {
        ImGui::SetTooltip("%s; %d of %d steps were pushed by hand", episode.policy.c_str(),
                          episode.pushes, episode.steps);
      }
    }
  }
  if (moment.episodes.empty()) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextDisabled("none yet");
  }
  ImGui::EndTable();
}

// Units that the sentence about the keys takes.
constexpr float kKeysHeight = 78.0F;

void DrawKeys(const Frame& frame, const ControlTask& task) {
  ImGui::SetCursorPosY(ImGui::GetWindowHeight() - kKeysHeight * frame.scale);
  ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
  ImGui::TextWrapped("%s While time stands, each press is a step.", task.keys.c_str());
  ImGui::PopStyleColor();
}

// The rest of the panel, as far as there is room: what the policy thinks, what it sees, curves,
// episodes, keys.
void DrawDetails(const Frame& frame, const ControlTask& task, const EnvSpec& spec,
                 const ControlMoment& moment) {
  if (moment.thought) {
    const int rows = ThoughtRows(spec.action, *moment.thought);
    if (rows > 0 && HasRoom(frame, kLine * static_cast<float>(rows + 1))) {
      Caption(frame, "What the policy thinks");
      DrawThought(frame, task, spec.action, *moment.thought);
    }
  }
  const int seen = ObservationRows(spec);
  if (HasRoom(frame, kLine * static_cast<float>(seen + 1))) {
    Caption(frame, "Observation");
    DrawObservation(frame, spec, moment.observation);
  }
  const bool valued = !moment.curve.empty() && moment.curve.back().value.has_value();
  const float curves = valued ? 3.0F : 2.0F;
  const float room = UnitsLeft(frame);
  const float curve_height =
      std::clamp((room - kKeysHeight - 4.0F * kLine) / curves - kLine, 18.0F, 60.0F);
  if (room >= curves * (curve_height + 1.3F * kLine)) {
    ImGui::Dummy({0.0F, 2.0F * frame.scale});
    DrawCurves(frame, moment, curve_height * frame.scale);
  }
  const bool keys = HasRoom(frame, kKeysHeight);
  const float bottom = ImGui::GetWindowHeight() - (keys ? kKeysHeight + 6.0F : 12.0F) * frame.scale;
  const float left = bottom - ImGui::GetCursorPosY();
  if (left >= 2.0F * kLine * frame.scale) DrawEpisodes(moment, left);
  if (keys) DrawKeys(frame, task);
}

}  // namespace

double OtherSpeed(double speed, int steps) {
  int at = 0;
  while (at + 1 < static_cast<int>(kSpeeds.size()) &&
         kSpeeds[static_cast<std::size_t>(at)].speed < speed)
    ++at;
  at = std::clamp(at + steps, 0, static_cast<int>(kSpeeds.size()) - 1);
  return kSpeeds[static_cast<std::size_t>(at)].speed;
}

ControlPanelRequest DrawControlPanel(const Frame& frame, const ControlTask& task,
                                     const EnvSpec& spec, ControlRunner& runner,
                                     const ControlLook& look, ControlPanelState& state) {
  ControlPanelRequest request;
  DrawHead(frame, task, request);
  DrawTime(frame, runner, look);
  DrawSpeeds(frame, runner, look);
  if (!spec.action.discrete()) DrawStrength(frame, state.strength);
  DrawPolicy(frame, look, state, request);
  if (HasRoom(frame, 2.0F * kLine)) DrawCounters(frame, *look.moment);
  DrawDetails(frame, task, spec, *look.moment);
  return request;
}

}  // namespace tengen

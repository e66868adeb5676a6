#include "experiments/viewer/control/control_screen.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "experiments/viewer/control/control_panel.h"
#include "experiments/viewer/control/control_pictures.h"
#include "experiments/viewer/control/control_runner.h"

namespace tengen {
namespace {

constexpr float kPanelWidth = 380.0F;  // units, see Frame::scale
constexpr float kPanelNeeds = 560.0F;  // pixels: narrower windows show the picture alone
constexpr int kManySteps = 10;         // of Shift and the step key
constexpr double kStrengthStep = 0.1;  // of the keys up and down
constexpr ImU32 kInk = IM_COL32(52, 58, 68, 255);
constexpr ImU32 kPaper = IM_COL32(255, 255, 255, 110);
constexpr ImU32 kTerminated = IM_COL32(168, 62, 48, 240);
constexpr ImU32 kTruncated = IM_COL32(48, 98, 150, 240);

// "0.46 s at 1/4 of real time", or steps where the task has no seconds.
std::string PaceText(const ControlTask& task, const ControlLook& look) {
  char text[96];
  const double pace = look.speed * task.steps_per_s;
  if (task.step_s == 0.0) {
    std::snprintf(text, sizeof(text), "%.3g steps/s", pace);
  } else {
    std::snprintf(text, sizeof(text), "%.2f s simulated, %.3g steps/s: %.3g x real time",
                  task.step_s * look.moment->step, pace, pace * task.step_s);
  }
  return text;
}

class ControlScreen : public Screen {
 public:
  explicit ControlScreen(ControlScreenOptions options) : options_(std::move(options)) {}

  void Draw(const Frame& frame) override;
  bool Animates() const override { return runner_ && (!runner_->Look().paused || Busy()); }
  bool Busy() const override { return runner_ && runner_->busy(); }
  std::string Failure() const override { return runner_ ? runner_->Look().error : error_; }
  void Drop(const std::string& file) override;

 private:
  void Start(Device device);
  void UsePolicy(const std::string& text);
  // So many policies farther in the list of choices.
  void NextPolicy(int steps);
  void Do(const Frame& frame, const ControlPanelRequest& request);
  void Keys(const Frame& frame, const ControlLook& look);
  void Hand(const Frame& frame, const ControlLook& look);
  void DrawPicture(const Frame& frame, const Box& box, const ControlLook& look) const;
  void DrawEnd(const Frame& frame, const Box& box, const ControlMoment& moment) const;
  void DrawNote(const Frame& frame, const Box& box, const ControlLook& look) const;

  const ControlScreenOptions options_;
  std::string error_;  // why there is no session
  const ControlTask* task_ = nullptr;
  std::optional<EnvSpec> spec_;
  std::unique_ptr<ControlRunner> runner_;
  ControlPanelState panel_;
};

void ControlScreen::Start(Device device) {
  auto session = ControlSession::Make(options_.env_id);
  if (!session) {
    error_ = session.error();
    return;
  }
  task_ = &session->task();
  spec_ = session->spec();
  runner_ = std::make_unique<ControlRunner>(std::move(*session), device);
  panel_.choices = FindControlPolicies(options_.env_id, options_.runs);
  UsePolicy(options_.policy);
  if (!options_.paused) {
    runner_->Pause(false);
  } else if (options_.steps > 0) {
    runner_->Step(options_.steps, Push::kNone, 1.0);
  }
}

void ControlScreen::UsePolicy(const std::string& text) {
  panel_.policy = text;
  runner_->UsePolicy(text);
}

void ControlScreen::NextPolicy(int steps) {
  const auto count = static_cast<int>(panel_.choices.size());
  int at = 0;
  while (at < count && panel_.choices[static_cast<std::size_t>(at)].text != panel_.policy) ++at;
  const int next = at == count ? 0 : (at + steps + count) % count;
  UsePolicy(panel_.choices[static_cast<std::size_t>(next)].text);
}

void ControlScreen::Drop(const std::string& file) {
  if (!runner_) return;
  const auto found = FindControlRun(file);
  UsePolicy(found && found->has_value() ? (*found)->policy : file);
}

void ControlScreen::Do(const Frame& frame, const ControlPanelRequest& request) {
  if (request.list_policies) {
    panel_.choices = FindControlPolicies(options_.env_id, options_.runs);
  }
  if (request.policy) UsePolicy(*request.policy);
  if (request.leave) frame.open(nullptr);
}

void ControlScreen::Keys(const Frame& frame, const ControlLook& look) {
  // The list of policies takes the keys while it is open.
  if (ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel)) return;
  if (frame.Pressed(SDL_SCANCODE_P)) NextPolicy(1);
  if (frame.Pressed(SDL_SCANCODE_P, false, true)) NextPolicy(-1);
  if (frame.Pressed(SDL_SCANCODE_SPACE)) runner_->Pause(!look.paused);
  if (frame.Pressed(SDL_SCANCODE_PERIOD)) runner_->Step(1, Push::kNone, 1.0);
  if (frame.Pressed(SDL_SCANCODE_PERIOD, false, true)) {
    runner_->Step(kManySteps, Push::kNone, 1.0);
  }
  if (frame.Pressed(SDL_SCANCODE_R)) runner_->Reset(look.moment->seed + 1);
  if (frame.Pressed(SDL_SCANCODE_R, false, true)) runner_->Reset(look.moment->seed);
  const bool slower = frame.Pressed(SDL_SCANCODE_MINUS) || frame.Pressed(SDL_SCANCODE_KP_MINUS);
  const bool faster = frame.Pressed(SDL_SCANCODE_EQUALS) ||
                      frame.Pressed(SDL_SCANCODE_EQUALS, false, true) ||
                      frame.Pressed(SDL_SCANCODE_KP_PLUS);
  if (slower || faster) runner_->SetSpeed(OtherSpeed(look.speed, faster ? 1 : -1));
  double& strength = panel_.strength;
  if (frame.Pressed(SDL_SCANCODE_UP)) strength = std::min(1.0, strength + kStrengthStep);
  if (frame.Pressed(SDL_SCANCODE_DOWN))
    strength = std::max(kStrengthStep, strength - kStrengthStep);
  if (frame.Pressed(SDL_SCANCODE_ESCAPE)) frame.open(nullptr);
  Hand(frame, look);
}

// Keys that push: held while time runs, step by step while it stands.
void ControlScreen::Hand(const Frame& frame, const ControlLook& look) {
  const bool left = ImGui::IsKeyDown(SDL_SCANCODE_LEFT);
  const bool right = ImGui::IsKeyDown(SDL_SCANCODE_RIGHT);
  const Push held = left == right ? Push::kNone : left ? Push::kLeft : Push::kRight;
  runner_->SetHand(look.paused ? Push::kNone : held, panel_.strength);
  if (!look.paused) return;
  if (frame.Pressed(SDL_SCANCODE_LEFT)) runner_->Step(1, Push::kLeft, panel_.strength);
  if (frame.Pressed(SDL_SCANCODE_RIGHT)) runner_->Step(1, Push::kRight, panel_.strength);
}

void ControlScreen::DrawPicture(const Frame& frame, const Box& box, const ControlLook& look) const {
  const ControlMoment& moment = *look.moment;
  const std::vector<double> state =
      StateBetween(*task_, moment.previous_state, moment.state, look.share);
  const float push = moment.action ? PushShare(spec_->action, *moment.action) : 0.0F;
  // Up to the window's edges, where ImGui would leave a margin.
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRect(box.min(), box.max());
  DrawControlPicture(list, box, {task_->name, state, push});
  DrawEnd(frame, box, moment);
  DrawNote(frame, box, look);
  list.PopClipRect();
}

// Terminated and truncated apart, as badges in the corner; texts that do not fit are left out.
void ControlScreen::DrawEnd(const Frame& frame, const Box& box, const ControlMoment& moment) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float y = box.y + 12.0F * frame.scale;
  const auto badge = [&](const std::string& long_text, const std::string& text, ImU32 colour) {
    const ImFont* font = frame.fonts.bold;
    const float size = font->FontSize;
    const float pad = 0.6F * size;
    const auto width = [&](const std::string& shown) {
      return font->CalcTextSizeA(size, 1e9F, 0.0F, shown.c_str()).x + 2.0F * pad;
    };
    const float room = box.width - 24.0F * frame.scale;
    const std::string& shown = width(long_text) < 0.6F * box.width ? long_text : text;
    if (width(shown) > room) return;
    const ImVec2 at = {std::round(box.x + 12.0F * frame.scale), std::round(y)};
    list.AddRectFilled(at, {at.x + width(shown), at.y + 1.7F * size}, colour, 0.4F * size);
    list.AddText(font, size, {std::round(at.x + pad), std::round(at.y + 0.32F * size)},
                 IM_COL32_WHITE, shown.c_str());
    y += 2.0F * size;
  };
  if (moment.terminated) badge("terminated: " + moment.ending, "terminated", kTerminated);
  if (moment.truncated) {
    badge(StrCat("truncated: the limit of ", spec_->max_episode_steps, " steps"), "truncated",
          kTruncated);
  }
}

// At the bottom: who pushed, and how fast time runs.
void ControlScreen::DrawNote(const Frame& frame, const Box& box, const ControlLook& look) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImFont* font = frame.fonts.text;
  const float size = font->FontSize;
  const float pad = 10.0F * frame.scale;
  const float y = std::round(box.y + box.height - size - 0.7F * pad);
  const std::string left = look.moment->by_hand ? "pushed by hand" : "";
  const std::string pace = look.paused ? "paused"
                           : look.late ? "as fast as the policy thinks"
                                       : PaceText(*task_, look);
  const auto width = [&](const std::string& text) {
    return font->CalcTextSizeA(size, 1e9F, 0.0F, text.c_str()).x;
  };
  if (box.height < 12.0F * size || width(left) + width(pace) + 3.0F * pad > box.width) return;
  const auto write = [&](float x, const std::string& text) {
    if (text.empty()) return;
    const float rim = 0.3F * size;
    list.AddRectFilled({x - rim, y - 0.5F * rim}, {x + width(text) + rim, y + size + rim}, kPaper,
                       rim);
    list.AddText(font, size, {x, y}, kInk, text.c_str());
  };
  write(std::round(box.x + pad), left);
  write(std::round(box.x + box.width - pad - width(pace)), pace);
}

void ControlScreen::Draw(const Frame& frame) {
  if (!runner_ && error_.empty()) Start(frame.device);
  if (!runner_) {
    BeginPanel("control", {0.0F, 0.0F, frame.width, frame.height});
    ImGui::TextWrapped("%s", error_.c_str());
    if (Button(frame, "Leave", SDL_SCANCODE_ESCAPE)) frame.open(nullptr);
    EndPanel();
    return;
  }
  const ControlLook look = runner_->Look();
  const bool beside = frame.width >= kPanelNeeds && frame.width > 1.1F * frame.height;
  const bool below = !beside && frame.height >= 1.4F * frame.width && frame.width >= 300.0F;
  const float panel = std::min(kPanelWidth * frame.scale, 0.48F * frame.width);
  Box box = {0.0F, 0.0F, frame.width - (beside ? panel : 0.0F), frame.height};
  if (below) box.height = 0.7F * frame.width;
  BeginPanel("control", box);
  DrawPicture(frame, box, look);
  EndPanel();
  Keys(frame, look);
  if (beside || below) {
    BeginPanel("panel", beside ? Box{box.width, 0.0F, panel, frame.height}
                               : Box{0.0F, box.height, frame.width, frame.height - box.height});
    Do(frame, DrawControlPanel(frame, *task_, *spec_, *runner_, look, panel_));
    EndPanel();
  }
}

}  // namespace

std::unique_ptr<Screen> MakeControlScreen(const ControlScreenOptions& options) {
  return std::make_unique<ControlScreen>(options);
}

}  // namespace tengen

#include "experiments/viewer/window/view_loop.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kIdle_s = 0.1;  // between frames while nothing moves: spares the processor
constexpr double kFrame_s = 1.0 / 60.0;
constexpr int kSettledFrames = 3;  // that ImGui needs to lay out what changed

double Seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

// The window and what happens around its frames.
class Loop {
 public:
  Loop(const ViewOptions& options, std::unique_ptr<Screen> first,
       const std::function<std::unique_ptr<Screen>()>& start)
      : options_(options),
        script_(options.script),
        start_(start),
        window_(options.window),
        screen_(std::move(first)) {
    frame_.device = options.device;
    frame_.open = [this](std::unique_ptr<Screen> screen) {
      next_ = std::move(screen);
      switches_ = true;
    };
    if (script_) frame_.places = &places_;
    if (screen_ == nullptr) screen_ = start_();
  }

  std::string Run(const std::function<bool()>& stop) {
    while (!window_.closed() && !stop()) {
      const auto picture = NextPicture();
      OneFrame(picture);
      if (Finished(picture)) break;
    }
    if (options_.frame_stats) PrintStats();
    return screen_->Failure();
  }

 private:
  double Now() const { return Seconds(Clock::now() - opened_); }

  // With neither script nor screenshot the next frame waits for something to happen.
  double Wait() const {
    if (options_.window.headless && !script_) return kFrame_s;
    if (script_ || screen_->Animates()) return kFrame_s;
    return settle_ > 0 ? kFrame_s : kIdle_s;
  }

  std::filesystem::path NextPicture() {
    std::filesystem::path picture;
    if (script_ && frames_ >= kSettledFrames) {
      picture = script_->Step(window_, places_, screen_->Busy(), Now());
    }
    const bool last = script_ ? script_->done() : frames_ >= kSettledFrames && !screen_->Busy();
    if (picture.empty() && last && !options_.screenshot.empty() && ++settled_ > kSettledFrames) {
      picture = options_.screenshot;
    }
    if (!options_.record.empty()) {
      char name[32];
      std::snprintf(name, sizeof(name), "%06d.png", frames_);
      if (picture.empty()) picture = options_.record / name;
    }
    return picture;
  }

  void OneFrame(const std::filesystem::path& picture) {
    const auto wait = Clock::now();
    window_.Begin(Wait(), frame_);
    const auto begin = Clock::now();
    const double now = Now();
    frame_.delta_s = now - frame_.time_s;
    frame_.time_s = now;
    places_.clear();
    for (const std::string& file : window_.TakeDrops()) screen_->Drop(file);
    screen_->Draw(frame_);
    DrawComplaint();
    window_.End(picture);
    if (frames_ > kSettledFrames) frame_times_.push_back(Seconds(Clock::now() - begin));
    settle_ = Seconds(begin - wait) < 0.9 * kIdle_s ? kSettledFrames : settle_ - 1;
    ++frames_;
    if (std::exchange(switches_, false)) {
      screen_ = nullptr;  // ends its threads first
      screen_ = next_ != nullptr ? std::move(next_) : start_();
      settle_ = kSettledFrames;
    }
  }

  void DrawComplaint() const {
    if (window_.complaint().empty()) return;
    const ImVec2 size = ImGui::CalcTextSize(window_.complaint().c_str());
    ImDrawList& list = *ImGui::GetForegroundDrawList();
    const ImVec2 at = {8.0F, frame_.height - size.y - 8.0F};
    list.AddRectFilled({0.0F, at.y - 4.0F}, {frame_.width, frame_.height},
                       IM_COL32(120, 50, 30, 255));
    list.AddText(at, IM_COL32_WHITE, window_.complaint().c_str());
  }

  bool Finished(const std::filesystem::path& picture) const {
    if (!options_.screenshot.empty()) return picture == options_.screenshot;
    if (script_ && script_->done()) return true;
    return options_.seconds > 0.0 && Now() >= options_.seconds;
  }

  void PrintStats() {
    if (frame_times_.empty()) return;
    std::sort(frame_times_.begin(), frame_times_.end());
    const auto at = [this](double share) {
      const auto last = static_cast<double>(frame_times_.size() - 1);
      return 1000.0 * frame_times_[static_cast<std::size_t>(share * last)];
    };
    std::printf(
        "frames %zu, time of a frame: median %.1f ms, 95 %% %.1f ms, 99 %% %.1f ms, "
        "longest %.1f ms\n",
        frame_times_.size(), at(0.5), at(0.95), at(0.99), at(1.0));
  }

  const ViewOptions& options_;
  std::optional<ViewScript> script_;
  const std::function<std::unique_ptr<Screen>()>& start_;
  Window window_;  // outlives the screens, whose textures are its renderer's
  std::unique_ptr<Screen> screen_;
  std::unique_ptr<Screen> next_;
  bool switches_ = false;
  Frame frame_;
  std::map<std::string, Box> places_;
  int frames_ = 0;
  int settle_ = kSettledFrames;  // frames until nothing moves any more
  int settled_ = 0;
  std::vector<double> frame_times_;
  const Clock::time_point opened_ = Clock::now();
};

}  // namespace

std::string RunWindow(const ViewOptions& options, std::unique_ptr<Screen> first,
                      const std::function<std::unique_ptr<Screen>()>& start,
                      const std::function<bool()>& stop) {
  std::error_code error;
  if (!options.record.empty()) std::filesystem::create_directories(options.record, error);
  if (error) throw WorldError(StrCat("cannot make ", options.record, ": ", error.message()));
  return Loop(options, std::move(first), start).Run(stop);
}

}  // namespace tengen

#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "envs/core/mutex.h"
#include "experiments/viewer/control/control_session.h"

namespace tengen {

// What a runner is at.
struct ControlLook {
  std::shared_ptr<const ControlMoment> moment;  // never null
  // How far the time of the last step has run, 0 to 1, for pictures between two states; 1 unless
  // it runs.
  double share = 1.0;
  bool paused = true;
  double speed = 1.0;
  bool late = false;    // steps take longer than the speed allows: the policy thinks too long
  std::string loading;  // the policy that is being loaded; "" if none
  std::string error;    // of the newest policy: a sentence, or ""
};

// Runs a session in real time in a thread of its own, with the policy's thinking and loading in
// it: the window asks for the newest look and never waits. Where thinking takes longer than a step
// may, time goes slower. An episode that ended stands for a moment, then the next begins with the
// next seed. Thread-safe.
class ControlRunner {
 public:
  // Begins paused.
  ControlRunner(ControlSession session, Device device);
  ~ControlRunner();
  ControlRunner(const ControlRunner&) = delete;
  ControlRunner& operator=(const ControlRunner&) = delete;

  // Throws what ended the thread, if a bug did.
  ControlLook Look() const TENGEN_EXCLUDES(mutex_);
  // Whether something that was asked for is not done yet; time that runs does not count.
  bool busy() const TENGEN_EXCLUDES(mutex_);

  // As MakeControlPolicy. Time stands while it is loaded; on an error the one before stays.
  void UsePolicy(const std::string& text) TENGEN_EXCLUDES(mutex_);
  void Pause(bool paused) TENGEN_EXCLUDES(mutex_);
  // 1 is normal. REQUIRES: speed > 0.
  void SetSpeed(double speed) TENGEN_EXCLUDES(mutex_);
  // What the person pushes while time runs, until it is set anew.
  void SetHand(Push push, double strength) TENGEN_EXCLUDES(mutex_);
  // Pauses and takes so many steps at once. After an end the next step begins an episode.
  void Step(int steps, Push push, double strength) TENGEN_EXCLUDES(mutex_);
  void Reset(std::uint32_t seed) TENGEN_EXCLUDES(mutex_);

 private:
  using Clock = std::chrono::steady_clock;

  struct Hand {
    Push push = Push::kNone;
    double strength = 1.0;
  };
  // What the window wants; the thread takes it.
  struct Wishes {
    std::optional<std::string> policy;
    std::optional<std::uint32_t> reset;
    std::vector<Hand> steps;
    bool any() const { return policy || reset || !steps.empty(); }
  };

  void Run() TENGEN_EXCLUDES(mutex_);
  // Waits until something is to be done. False: the end.
  bool Next(Wishes& wishes, Hand& hand) TENGEN_EXCLUDES(mutex_);
  void Fulfil(const Wishes& wishes) TENGEN_EXCLUDES(mutex_);
  void LoadPolicy(const std::string& text) TENGEN_EXCLUDES(mutex_);
  // Goes on with nobody, after a policy that failed.
  void GiveUpPolicy(const std::string& why) TENGEN_EXCLUDES(mutex_);
  void StepOrBegin(const Hand& hand);
  void Publish() TENGEN_EXCLUDES(mutex_);
  Clock::duration Period() const TENGEN_REQUIRES(mutex_);

  const Device device_;
  const double steps_per_s_;

  // Of the thread alone.
  ControlSession session_;
  Clock::time_point due_;  // of the next step while time runs

  mutable Mutex mutex_;
  CondVar changed_;
  Wishes wishes_ TENGEN_GUARDED_BY(mutex_);
  Hand hand_ TENGEN_GUARDED_BY(mutex_);
  bool working_ TENGEN_GUARDED_BY(mutex_) = false;
  bool ends_ TENGEN_GUARDED_BY(mutex_) = false;
  std::exception_ptr bug_ TENGEN_GUARDED_BY(mutex_);
  ControlLook look_ TENGEN_GUARDED_BY(mutex_);
  Clock::time_point stepped_ TENGEN_GUARDED_BY(mutex_);  // when time ran its last step

  std::thread thread_;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/core/env.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "experiments/viewer/control/control_policy.h"
#include "experiments/viewer/control/control_task.h"

namespace tengen {

// One step of the running episode, for curves.
struct ControlPoint {
  double reward = 0.0;
  double total = 0.0;           // rewards so far, this one included
  std::optional<double> value;  // what the policy expected before the step, discounted
};

// An episode that is over. Both flags can be set.
struct EndedEpisode {
  std::uint32_t seed = 0;
  int steps = 0;
  double total = 0.0;  // undiscounted return
  bool terminated = false;
  bool truncated = false;
  int pushes = 0;      // steps that a person took
  std::string policy;  // who took the others
};

// Everything that there is to see.
struct ControlMoment {
  std::uint32_t seed = 0;  // of the episode's start
  int step = 0;            // steps taken
  double total = 0.0;      // rewards so far
  double reward = 0.0;     // of the last step
  std::vector<double> state;
  std::vector<double> previous_state;  // before the last step; the state at the start
  std::vector<float> observation;
  std::optional<ControlAction> action;  // of the last step
  bool by_hand = false;                 // a person took it
  bool terminated = false;
  bool truncated = false;
  std::string ending;                     // why it terminated, "" otherwise
  std::string policy;                     // its name
  std::optional<ControlThought> thought;  // of this moment; none at an end
  std::vector<ControlPoint> curve;        // of the newest steps, the last one last
  std::vector<EndedEpisode> episodes;     // newest first

  bool ended() const { return terminated || truncated; }
};

// A control task step by step, with a policy and a person who pushes. Equal seeds, policies and
// pushes give equal moments. Not thread-safe; ControlRunner runs one in real time.
class ControlSession {
 public:
  static constexpr std::size_t kCurve = 400;    // points kept
  static constexpr std::size_t kEpisodes = 30;  // kept

  // Begins with seed 0 and the idle policy. Errors: no such environment, or none that is a
  // ControlTask.
  static Result<ControlSession> Make(const std::string& env_id);

  const ControlTask& task() const { return *task_; }
  const EnvSpec& spec() const { return env_->spec(); }
  const ControlMoment& moment() const { return moment_; }

  // Goes on in the running episode. REQUIRES: made for this environment.
  void UsePolicy(std::unique_ptr<ControlPolicy> policy);
  // A new episode. One that is not over is not listed.
  void Reset(std::uint32_t seed);
  // One step: the person's push, or without one the policy's action. After an end, nothing.
  // `strength` as in HandAction. Thinks of the next step before it returns.
  void Step(Push push, double strength);

 private:
  ControlSession(const ControlTask& task, std::unique_ptr<Env> env);
  void Look();  // reads state and observation
  void Think();
  void Remember(double reward);

  const ControlTask* task_;
  std::unique_ptr<Env> env_;
  Rng rng_{0, RngRole::kEnvironment};
  std::unique_ptr<ControlPolicy> policy_;
  std::vector<ControlAction> actions_;  // of this episode
  int pushes_ = 0;
  ControlMoment moment_;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"

// Environments for one agent with observations and rewards, with the semantics of Gymnasium:
// `terminated` (the task itself ended: no reward can follow) and `truncated` (somebody stopped
// looking, such as a time limit: rewards would follow) are never merged, because an agent
// bootstraps through the one and not through the other. `Game` (core/game.h) is for board games.
//
// Start reading at envs/control/cartpole.h; envs/README.md shows how to add an environment.

namespace tengen {

enum class ActionKind {
  kDiscrete,    // an index, 0 <= index < num_actions
  kContinuous,  // a vector of finite numbers
};

struct ActionSpace {
  ActionKind kind = ActionKind::kDiscrete;
  int num_actions = 0;  // kDiscrete
  std::vector<float>
      low{};  // kContinuous: one bound per component. Values beyond the bounds are no
  std::vector<float> high{};  // error: the environment's physics clips them, as in Gymnasium

  bool discrete() const { return kind == ActionKind::kDiscrete; }
  // Numbers per action: 1 index, or the length of the vector.
  int size() const { return discrete() ? 1 : static_cast<int>(low.size()); }
  // "an index from 0 to 1", "2 finite numbers": what an error message wants.
  std::string Text() const;
};

struct EnvSpec {
  std::string name{};       // "cartpole"
  std::string id{};         // MakeEnv(id) makes the same environment: "cartpole:limit=500"
  std::string reference{};  // what it reproduces, "CartPole-v1" of Gymnasium; "" if nothing
  ActionSpace action{};
  std::vector<float> observation_low{};  // one bound per component, infinite where there is none
  std::vector<float> observation_high{};
  std::vector<std::string> observation_names{};  // as state_names; empty: they have none
  std::vector<std::string> state_names{};  // one name, with unit where it has one, per component
  int max_episode_steps = 0;               // then truncated; 0 = no limit

  int observation_size() const { return static_cast<int>(observation_low.size()); }
  int state_size() const { return static_cast<int>(state_names.size()); }
};

// What an agent does for one step: an index, or a vector that the caller keeps alive.
class EnvAction {
 public:
  EnvAction(std::int32_t index) : index_(index) {}               // NOLINT(google-explicit-*)
  EnvAction(std::span<const float> values) : values_(values) {}  // NOLINT(google-explicit-*)

  std::int32_t index() const { return index_; }
  std::span<const float> values() const { return values_; }

 private:
  std::int32_t index_ = -1;
  std::span<const float> values_;
};

// Whether the action fits the space; the error names the action met and what fits.
Status CheckAction(const ActionSpace& space, const EnvAction& action);

struct StepOutcome {
  double reward = 0.0;
  bool terminated = false;
  bool truncated = false;

  bool ended() const { return terminated || truncated; }
};

// One environment. Randomness is a parameter, so equal streams give equal episodes and a planner
// chooses which future it looks at. The state decides everything else: copying or setting it is all
// that a planner needs. One object is used by one thread at a time.
class Env {
 public:
  virtual ~Env() = default;

  const EnvSpec& spec() const { return *spec_; }

  // Starts an episode from the initial distribution.
  void Reset(Rng& rng);
  // One step. REQUIRES: an episode has begun and has not ended; CheckAction passes.
  StepOutcome Step(const EnvAction& action, Rng& rng);
  // Whether Step has to wait for Reset or SetState: before the first, and after an episode's end.
  bool ended() const { return ended_; }

  // The current observation, after an end still that of the last step.
  // REQUIRES: out has spec().observation_size() numbers; Reset or SetState came before.
  virtual void Observe(std::span<float> out) const = 0;

  // Everything that decides the future, spec().state_size() numbers. Setting it goes on from there;
  // errors: a wrong length, a number that is not finite.
  virtual void GetState(std::span<double> out) const = 0;
  Status SetState(std::span<const double> state);

  // A copy that goes on independently.
  virtual std::unique_ptr<Env> Clone() const = 0;
  // Becomes equal to `other`, without heap traffic. REQUIRES: other is of the same type and spec.
  virtual void CopyFrom(const Env& other) = 0;

 protected:
  explicit Env(EnvSpec spec) : spec_(std::make_shared<const EnvSpec>(std::move(spec))) {}
  Env(const Env&) = default;
  Env& operator=(const Env&) = default;
  // For decorators, in their constructors.
  void SetSpec(EnvSpec spec) { spec_ = std::make_shared<const EnvSpec>(std::move(spec)); }

  virtual void DoReset(Rng& rng) = 0;
  virtual StepOutcome DoStep(const EnvAction& action, Rng& rng) = 0;
  virtual void DoSetState(std::span<const double> state) = 0;

 private:
  std::shared_ptr<const EnvSpec> spec_;
  bool ended_ = true;
};

inline constexpr float kUnbounded = std::numeric_limits<float>::infinity();

}  // namespace tengen

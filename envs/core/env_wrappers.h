#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "envs/core/env.h"
#include "envs/core/running_moments.h"

// Decorators: each is an Env around an Env and changes one thing. They own what they wrap.

namespace tengen {

// Name of the state component that TimeLimit adds.
inline constexpr const char* kElapsedSteps = "elapsed_steps";

// Passes everything on; the base of the decorators below.
class EnvWrapper : public Env {
 public:
  void Observe(std::span<float> out) const override { inner_->Observe(out); }
  void GetState(std::span<double> out) const override { inner_->GetState(out); }
  void CopyFrom(const Env& other) override;

 protected:
  explicit EnvWrapper(std::unique_ptr<Env> inner);
  EnvWrapper(const EnvWrapper& other) : Env(other), inner_(other.inner_->Clone()) {}

  Env& inner() const { return *inner_; }
  void DoReset(Rng& rng) override { inner_->Reset(rng); }
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override {
    return inner_->Step(action, rng);
  }
  void DoSetState(std::span<const double> state) override;

 private:
  std::unique_ptr<Env> inner_;
};

// Truncates an episode after max_steps steps; a step can be both terminated and truncated. The
// state has one more component, the number of steps taken.
class TimeLimit final : public EnvWrapper {
 public:
  // REQUIRES: max_steps >= 1.
  TimeLimit(std::unique_ptr<Env> inner, int max_steps, std::string id);

  void GetState(std::span<double> out) const override;
  std::unique_ptr<Env> Clone() const override { return std::make_unique<TimeLimit>(*this); }
  void CopyFrom(const Env& other) override;

 protected:
  void DoReset(Rng& rng) override;
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override;
  void DoSetState(std::span<const double> state) override;

 private:
  int elapsed_ = 0;
};

// Repeats each action `skip` times, or to the end of the episode, and adds up the rewards.
class FrameSkip final : public EnvWrapper {
 public:
  // REQUIRES: skip >= 1.
  FrameSkip(std::unique_ptr<Env> inner, int skip);
  std::unique_ptr<Env> Clone() const override { return std::make_unique<FrameSkip>(*this); }

 protected:
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override;

 private:
  const int skip_;
};

// Brings every reward into [low, high].
class ClipReward final : public EnvWrapper {
 public:
  // REQUIRES: low <= high.
  ClipReward(std::unique_ptr<Env> inner, double low, double high);
  std::unique_ptr<Env> Clone() const override { return std::make_unique<ClipReward>(*this); }

 protected:
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override;

 private:
  const double low_;
  const double high_;
};

// Brings every component of the observation into [low, high].
class ClipObservation final : public EnvWrapper {
 public:
  // REQUIRES: low <= high.
  ClipObservation(std::unique_ptr<Env> inner, float low, float high);
  void Observe(std::span<float> out) const override;
  std::unique_ptr<Env> Clone() const override { return std::make_unique<ClipObservation>(*this); }

 private:
  const float low_;
  const float high_;
};

// Observations less their running mean, over their running standard deviation (the square root of
// variance + 1e-8, as Gymnasium's). Every Reset and Step adds one observation to the statistics;
// setting a state does not, so planning leaves them alone. They are no part of the state.
class NormalizeObservation final : public EnvWrapper {
 public:
  explicit NormalizeObservation(std::unique_ptr<Env> inner);
  void Observe(std::span<float> out) const override;
  std::unique_ptr<Env> Clone() const override {
    return std::make_unique<NormalizeObservation>(*this);
  }
  void CopyFrom(const Env& other) override;
  const RunningMoments& moments() const { return moments_; }

 protected:
  void DoReset(Rng& rng) override;
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override;

 private:
  void AddObservation();

  RunningMoments moments_;
  std::vector<float> observation_;
};

// Rewards over the running standard deviation of the discounted return, as Gymnasium's
// NormalizeReward: R <- gamma R (0 after a termination) + r, r / sqrt(variance(R) + 1e-8). The
// state has one more component, R.
class NormalizeReward final : public EnvWrapper {
 public:
  // REQUIRES: 0 <= gamma < 1.
  NormalizeReward(std::unique_ptr<Env> inner, double gamma);
  void GetState(std::span<double> out) const override;
  std::unique_ptr<Env> Clone() const override { return std::make_unique<NormalizeReward>(*this); }
  void CopyFrom(const Env& other) override;
  const RunningMoments& moments() const { return moments_; }

 protected:
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override;
  void DoSetState(std::span<const double> state) override;

 private:
  const double gamma_;
  double return_ = 0.0;
  RunningMoments moments_;
};

}  // namespace tengen

#include "envs/core/env_wrappers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen {
namespace {

constexpr double kEpsilon = 1e-8;

EnvSpec Unbounded(EnvSpec spec) {
  std::fill(spec.observation_low.begin(), spec.observation_low.end(), -kUnbounded);
  std::fill(spec.observation_high.begin(), spec.observation_high.end(), kUnbounded);
  return spec;
}

EnvSpec Clipped(EnvSpec spec, float low, float high) {
  for (float& bound : spec.observation_low) bound = std::clamp(bound, low, high);
  for (float& bound : spec.observation_high) bound = std::clamp(bound, low, high);
  return spec;
}

EnvSpec WithState(EnvSpec spec, const char* name) {
  spec.state_names.emplace_back(name);
  return spec;
}

EnvSpec Limited(EnvSpec spec, int max_steps, std::string id) {
  spec.max_episode_steps = max_steps;
  spec.id = std::move(id);
  return WithState(std::move(spec), kElapsedSteps);
}

}  // namespace

EnvWrapper::EnvWrapper(std::unique_ptr<Env> inner)
    : Env(EnvSpec(inner->spec())), inner_(std::move(inner)) {}

void EnvWrapper::CopyFrom(const Env& other) {
  Env::operator=(other);
  inner_->CopyFrom(*static_cast<const EnvWrapper&>(other).inner_);
}

void EnvWrapper::DoSetState(std::span<const double> state) {
  const Status status = inner_->SetState(state);
  TENGEN_CHECK(status.ok(), status.error());
}

// ---- TimeLimit ----

TimeLimit::TimeLimit(std::unique_ptr<Env> inner, int max_steps, std::string id)
    : EnvWrapper(std::move(inner)) {
  TENGEN_CHECK(max_steps >= 1, "time limit ", max_steps, ", wanted at least 1");
  SetSpec(Limited(spec(), max_steps, std::move(id)));
}

void TimeLimit::GetState(std::span<double> out) const {
  inner().GetState(out.first(out.size() - 1));
  out.back() = elapsed_;
}

void TimeLimit::CopyFrom(const Env& other) {
  EnvWrapper::CopyFrom(other);
  elapsed_ = static_cast<const TimeLimit&>(other).elapsed_;
}

void TimeLimit::DoReset(Rng& rng) {
  inner().Reset(rng);
  elapsed_ = 0;
}

StepOutcome TimeLimit::DoStep(const EnvAction& action, Rng& rng) {
  StepOutcome outcome = inner().Step(action, rng);
  ++elapsed_;
  outcome.truncated |= elapsed_ >= spec().max_episode_steps;
  return outcome;
}

void TimeLimit::DoSetState(std::span<const double> state) {
  EnvWrapper::DoSetState(state.first(state.size() - 1));
  elapsed_ = static_cast<int>(state.back());
}

// ---- FrameSkip ----

FrameSkip::FrameSkip(std::unique_ptr<Env> inner, int skip)
    : EnvWrapper(std::move(inner)), skip_(skip) {
  TENGEN_CHECK(skip >= 1, "frame skip ", skip, ", wanted at least 1");
}

StepOutcome FrameSkip::DoStep(const EnvAction& action, Rng& rng) {
  StepOutcome sum;
  for (int i = 0; i < skip_ && !sum.ended(); ++i) {
    const StepOutcome outcome = inner().Step(action, rng);
    sum = {sum.reward + outcome.reward, outcome.terminated, outcome.truncated};
  }
  return sum;
}

// ---- ClipReward, ClipObservation ----

ClipReward::ClipReward(std::unique_ptr<Env> inner, double low, double high)
    : EnvWrapper(std::move(inner)), low_(low), high_(high) {
  TENGEN_CHECK(low <= high, "rewards from ", low, " to ", high, ", wanted low <= high");
}

StepOutcome ClipReward::DoStep(const EnvAction& action, Rng& rng) {
  StepOutcome outcome = inner().Step(action, rng);
  outcome.reward = std::clamp(outcome.reward, low_, high_);
  return outcome;
}

ClipObservation::ClipObservation(std::unique_ptr<Env> inner, float low, float high)
    : EnvWrapper(std::move(inner)), low_(low), high_(high) {
  TENGEN_CHECK(low <= high, "observations from ", low, " to ", high, ", wanted low <= high");
  SetSpec(Clipped(spec(), low, high));
}

void ClipObservation::Observe(std::span<float> out) const {
  inner().Observe(out);
  for (float& value : out) value = std::clamp(value, low_, high_);
}

// ---- NormalizeObservation ----

NormalizeObservation::NormalizeObservation(std::unique_ptr<Env> inner)
    : EnvWrapper(std::move(inner)),
      moments_(spec().observation_size()),
      observation_(moments_.size()) {
  SetSpec(Unbounded(spec()));
}

void NormalizeObservation::Observe(std::span<float> out) const {
  inner().Observe(out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>((static_cast<double>(out[i]) - moments_.mean(i)) /
                                std::sqrt(moments_.variance(i) + kEpsilon));
  }
}

void NormalizeObservation::CopyFrom(const Env& other) {
  EnvWrapper::CopyFrom(other);
  moments_ = static_cast<const NormalizeObservation&>(other).moments_;
}

void NormalizeObservation::AddObservation() {
  inner().Observe(observation_);
  moments_.Add(observation_);
}

void NormalizeObservation::DoReset(Rng& rng) {
  inner().Reset(rng);
  AddObservation();
}

StepOutcome NormalizeObservation::DoStep(const EnvAction& action, Rng& rng) {
  const StepOutcome outcome = inner().Step(action, rng);
  AddObservation();
  return outcome;
}

// ---- NormalizeReward ----

NormalizeReward::NormalizeReward(std::unique_ptr<Env> inner, double gamma)
    : EnvWrapper(std::move(inner)), gamma_(gamma), moments_(1) {
  TENGEN_CHECK(gamma >= 0.0 && gamma < 1.0, "gamma ", gamma, ", wanted 0 <= gamma < 1");
  SetSpec(WithState(spec(), "discounted_return"));
}

void NormalizeReward::GetState(std::span<double> out) const {
  inner().GetState(out.first(out.size() - 1));
  out.back() = return_;
}

void NormalizeReward::CopyFrom(const Env& other) {
  EnvWrapper::CopyFrom(other);
  return_ = static_cast<const NormalizeReward&>(other).return_;
  moments_ = static_cast<const NormalizeReward&>(other).moments_;
}

StepOutcome NormalizeReward::DoStep(const EnvAction& action, Rng& rng) {
  StepOutcome outcome = inner().Step(action, rng);
  return_ = return_ * gamma_ * (outcome.terminated ? 0.0 : 1.0) + outcome.reward;
  const auto sample = static_cast<float>(return_);
  moments_.Add(std::span(&sample, 1));
  outcome.reward /= std::sqrt(moments_.variance(0) + kEpsilon);
  return outcome;
}

void NormalizeReward::DoSetState(std::span<const double> state) {
  EnvWrapper::DoSetState(state.first(state.size() - 1));
  return_ = state.back();
}

}  // namespace tengen

#include "experiments/viewer/control/control_session.h"

#include <utility>

#include "envs/registry/env_registry.h"

namespace tengen {

Result<ControlSession> ControlSession::Make(const std::string& env_id) {
  auto env = MakeEnv(env_id);
  if (!env) return Error{env.error()};
  const ControlTask* task = FindControlTask(env_id);
  if (task == nullptr) return Error{StrCat(env_id, " is no control task that can be shown")};
  return ControlSession(*task, std::move(*env));
}

ControlSession::ControlSession(const ControlTask& task, std::unique_ptr<Env> env)
    : task_(&task),
      env_(std::move(env)),
      policy_(MakeControlPolicy("idle", env_->spec().id, Device::kCpu).value()) {
  moment_.policy = policy_->Name();
  Reset(0);
}

void ControlSession::UsePolicy(std::unique_ptr<ControlPolicy> policy) {
  policy_ = std::move(policy);
  moment_.policy = policy_->Name();
  policy_->Restart(moment_.seed);
  for (const ControlAction& action : actions_) policy_->Advance(action);
  Think();
}

void ControlSession::Reset(std::uint32_t seed) {
  rng_ = Rng(seed, RngRole::kEnvironment);
  env_->Reset(rng_);
  actions_.clear();
  pushes_ = 0;
  ControlMoment begin;
  begin.seed = seed;
  begin.policy = std::move(moment_.policy);
  begin.episodes = std::move(moment_.episodes);
  moment_ = std::move(begin);
  Look();
  moment_.previous_state = moment_.state;
  policy_->Restart(seed);
  Think();
}

void ControlSession::Step(Push push, double strength) {
  if (moment_.ended()) return;
  moment_.by_hand = push != Push::kNone;
  const ControlAction action =
      moment_.by_hand ? HandAction(spec(), push, strength, moment_.step) : moment_.thought->action;
  moment_.previous_state = moment_.state;
  const StepOutcome outcome = env_->Step(action.ForEnv(spec().action), rng_);
  policy_->Advance(action);
  actions_.push_back(action);
  moment_.action = action;
  moment_.terminated = outcome.terminated;
  moment_.truncated = outcome.truncated;
  ++moment_.step;
  if (moment_.by_hand) ++pushes_;
  Look();
  Remember(outcome.reward);
  if (outcome.terminated) moment_.ending = task_->ending(moment_.state);
  Think();
}

void ControlSession::Look() {
  moment_.state.resize(static_cast<std::size_t>(spec().state_size()));
  env_->GetState(moment_.state);
  moment_.observation.resize(static_cast<std::size_t>(spec().observation_size()));
  env_->Observe(moment_.observation);
}

void ControlSession::Think() {
  moment_.thought.reset();
  if (!moment_.ended()) moment_.thought = policy_->Think(moment_.observation);
}

void ControlSession::Remember(double reward) {
  moment_.reward = reward;
  moment_.total += reward;
  ControlPoint point{reward, moment_.total, std::nullopt};
  if (moment_.thought && moment_.thought->output.value) {
    point.value = static_cast<double>(*moment_.thought->output.value);
  }
  moment_.curve.push_back(point);
  if (moment_.curve.size() > kCurve) moment_.curve.erase(moment_.curve.begin());
  if (!moment_.ended()) return;
  moment_.episodes.insert(moment_.episodes.begin(),
                          {moment_.seed, moment_.step, moment_.total, moment_.terminated,
                           moment_.truncated, pushes_, moment_.policy});
  if (moment_.episodes.size() > kEpisodes) moment_.episodes.pop_back();
}

}  // namespace tengen

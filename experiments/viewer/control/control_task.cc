#include "experiments/viewer/control/control_task.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "envs/control/acrobot.h"
#include "envs/control/cartpole.h"
#include "envs/control/pendulum.h"
#include "envs/registry/env_registry.h"

namespace tengen {
namespace {

std::string CartPoleEnding(std::span<const double> state) {
  return std::abs(state[0]) > CartPole::kMaxX ? "the cart left the track" : "the pole fell";
}

const ControlTask kCartPole = {
    .name = "cartpole",
    .title = "CartPole",
    .goal = "Keep the pole upright within 12 degrees and the cart on its track.",
    .steps_per_s = 50.0,
    .step_s = CartPole::kTau,
    .actions = {"left", "right"},
    .keys =
        "Left and right push the cart. It is always pushed: without a key by the policy, or in "
        "turns from both sides.",
    .ending = CartPoleEnding};

const ControlTask kMountainCar = {
    .name = "mountain_car",
    .title = "Mountain car",
    .goal = "Swing the car up to the flag: its motor alone is too weak.",
    .steps_per_s = 30.0,
    .actions = {"left", "none", "right"},
    .keys = "Left and right are the motor.",
    .ending = [](std::span<const double>) -> std::string { return "the car reached the flag"; }};

const ControlTask kMountainCarContinuous = {
    .name = "mountain_car_continuous",
    .title = "Mountain car, throttle",
    .goal = "Swing the car up to the flag with little use of its weak motor.",
    .steps_per_s = 30.0,
    .actions = {"throttle"},
    .keys = "Left and right are the motor, up and down set how strong.",
    .ending = [](std::span<const double>) -> std::string { return "the car reached the flag"; }};

const ControlTask kPendulum = {
    .name = "pendulum",
    .title = "Pendulum",
    .goal = "Swing the rod up and hold it there with a weak motor.",
    .steps_per_s = 30.0,
    .step_s = Pendulum::kDt,
    .actions = {"torque, N m"},
    .turns = true,
    .keys = "Left turns counterclockwise, right clockwise; up and down set how strong.",
    .ending = [](std::span<const double>) -> std::string { return "the task ended"; }};

const ControlTask kAcrobot = {
    .name = "acrobot",
    .title = "Acrobot",
    .goal = "Swing the tip above the line; the only motor is between the links.",
    .steps_per_s = 15.0,
    .step_s = Acrobot::kDt,
    .actions = {"clockwise", "none", "counterclockwise"},
    .turns = true,
    .wrapped = {0, 1},
    .keys = "Left turns the lower link counterclockwise, right clockwise.",
    .ending = [](std::span<const double>) -> std::string { return "the tip is above the line"; }};

}  // namespace

EnvAction ControlAction::ForEnv(const ActionSpace& space) const {
  if (space.discrete()) return index;
  return std::span<const float>(values);
}

const std::vector<ControlTask>& ControlTasks() {
  static const std::vector<ControlTask> tasks = {kCartPole, kMountainCar, kMountainCarContinuous,
                                                 kPendulum, kAcrobot};
  return tasks;
}

const ControlTask* FindControlTask(std::string_view env_id) {
  const auto env = MakeEnv(env_id);
  if (!env) return nullptr;
  for (const ControlTask& task : ControlTasks()) {
    if (task.name == (*env)->spec().name) return &task;
  }
  return nullptr;
}

ControlAction HandAction(const EnvSpec& spec, Push push, double strength, int step) {
  const ControlTask* task = FindControlTask(spec.name);
  int sign = push == Push::kNone ? 0 : push == Push::kRight ? 1 : -1;
  if (task != nullptr && task->turns) sign = -sign;
  ControlAction action;
  const ActionSpace& space = spec.action;
  if (space.discrete()) {
    const int last = space.num_actions - 1;
    action.index = sign < 0                     ? 0
                   : sign > 0                   ? last
                   : space.num_actions % 2 == 1 ? last / 2
                                                : last / 2 + step % 2;
    return action;
  }
  for (int k = 0; k < space.size(); ++k) {
    const auto i = static_cast<std::size_t>(k);
    const float bound = sign < 0 ? -space.low[i] : space.high[i];
    action.values.push_back(static_cast<float>(sign * strength) * bound);
  }
  return action;
}

std::vector<double> StateBetween(const ControlTask& task, std::span<const double> from,
                                 std::span<const double> to, double share) {
  std::vector<double> state(to.begin(), to.end());
  for (std::size_t i = 0; i < state.size(); ++i) {
    double change = to[i] - from[i];
    if (std::find(task.wrapped.begin(), task.wrapped.end(), i) != task.wrapped.end()) {
      change = std::remainder(change, 2.0 * std::numbers::pi);
    }
    state[i] = to[i] - (1.0 - share) * change;
  }
  return state;
}

float PushShare(const ActionSpace& space, const ControlAction& action) {
  if (space.discrete()) {
    const int last = space.num_actions - 1;
    return last == 0 ? 0.0F
                     : 2.0F * static_cast<float>(action.index) / static_cast<float>(last) - 1.0F;
  }
  const float value = std::clamp(action.values[0], space.low[0], space.high[0]);
  return value < 0.0F ? -value / space.low[0] : value / space.high[0];
}

}  // namespace tengen

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/env.h"

namespace tengen {

// One action with its memory.
struct ControlAction {
  std::int32_t index = 0;     // discrete
  std::vector<float> values;  // continuous

  EnvAction ForEnv(const ActionSpace& space) const;
};

// How a person pushes: a key, or none.
enum class Push { kNone, kLeft, kRight };

// What people who watch a control task, or push in it, need to know beyond its EnvSpec.
struct ControlTask {
  std::string name;   // the environment's
  std::string title;  // "CartPole"
  std::string goal;   // one sentence
  // Steps a second at normal speed: Gymnasium 1.x, metadata["render_fps"] of the task.
  double steps_per_s = 30.0;
  double step_s = 0.0;               // simulated time of a step; 0 where the task has no unit of it
  std::vector<std::string> actions;  // discrete: one name each; continuous: of each component
  bool turns = false;                // a motor turns something: left is counterclockwise
  std::vector<std::size_t>
      wrapped{};     // components of the state that jump by 2 pi after half a turn
  std::string keys;  // what the keys do, a sentence
  // Why an episode that terminated in this state did so: "the pole fell".
  std::string (*ending)(std::span<const double> state) = nullptr;
};

// Of all environments of the registry, in its order.
const std::vector<ControlTask>& ControlTasks();
// By an environment's id; null if it is none.
const ControlTask* FindControlTask(std::string_view env_id);

// What a person's push does; `strength` in (0, 1] is its share of the largest push where actions
// are continuous. Without a key nothing is pushed; a task that has no such action is pushed left
// and right in turns, by the step's number.
ControlAction HandAction(const EnvSpec& spec, Push push, double strength, int step);
// Between two states of a task, for pictures: the first at share 0, the second at 1.
std::vector<double> StateBetween(const ControlTask& task, std::span<const double> from,
                                 std::span<const double> to, double share);
// What an action does: -1 (left, or clockwise) to 1, as a share of the largest push.
float PushShare(const ActionSpace& space, const ControlAction& action);

}  // namespace tengen

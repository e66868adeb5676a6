#include "experiments/viewer/control/control_moment.h"

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "envs/control/control_game.h"
#include "experiments/viewer/control/control_pictures.h"

namespace tengen {
namespace {

// The state of the environment of this name from what it observes; empty if that does not tell it.
std::vector<double> StateOf(const std::string& task, const ControlState& state) {
  std::array<float, 6> seen = {};
  if (task == "acrobot") {
    state.Observe(seen);
    return {std::atan2(seen[1], seen[0]), std::atan2(seen[3], seen[2]), seen[4], seen[5]};
  }
  const std::size_t size = task == "cartpole" ? 4 : task == "mountain_car" ? 2 : 0;
  if (size > 0) state.Observe(std::span(seen).first(size));
  return {seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

void DrawControlMoment(const Frame& frame, const Box& box, const State& state) {
  const std::string& task = state.game().spec().name;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto* control = dynamic_cast<const ControlState*>(&state);
  const std::vector<double> numbers =
      control == nullptr ? std::vector<double>() : StateOf(task, *control);
  if (numbers.empty() || !HasControlPicture(task)) {
    list.AddText(frame.fonts.mono, frame.fonts.mono->FontSize, box.min(),
                 ImGui::GetColorU32(ImGuiCol_Text), state.Text().c_str());
    return;
  }
  ControlPicture picture;
  picture.task = task;
  picture.state = numbers;
  DrawControlPicture(list, box, picture);
}

}  // namespace tengen

#pragma once

#include <optional>

#include "experiments/runs/run_snapshot.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// A run's curves in a grid: strength, losses, entropy, rates, results of self-play ... As many as
// fit, the most telling ones first; all point at the same moment.
class RunCurves {
 public:
  void Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot);

  // Over the time of training, or over learner steps.
  void ToggleAxis() { over_steps_ = !over_steps_; }
  bool over_steps() const { return over_steps_; }

 private:
  bool over_steps_ = false;
  std::optional<double> pointed_;  // by the mouse, in the last frame
};

}  // namespace tengen

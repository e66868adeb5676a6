#pragma once

#include "experiments/viewer/screen.h"

namespace tengen {

// What the window shows first: games to play at once, control tasks, run folders found under
// runs/, and how to train or load a network.
class StartScreen : public Screen {
 public:
  void Draw(const Frame& frame) override;
  void Drop(const std::string& file) override;
};

}  // namespace tengen

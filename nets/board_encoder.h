#pragma once

#include "nets/encoder.h"

namespace tengen {

// "board/1": what State::Board tells, for any game.
//   planes   0 ones (shows the edge to convolutions), 1 stones of the mover, 2 stones of the other
//   globals  0 whether the mover is the first player
class BoardEncoder final : public InputEncoder {
 public:
  static constexpr int kMaxPoints = 1024;

  std::string_view name() const override { return "board/1"; }
  int planes() const override { return 3; }
  int globals() const override { return 1; }
  Status Accepts(const GameSpec& spec) const override;
  void Encode(const State& state, Symmetry symmetry, std::span<float> planes,
              std::span<float> globals) const override;
};

}  // namespace tengen

#pragma once

#include "nets/encoder.h"

namespace tengen {

// "go/1": Go on any board, with rules and komi.
//   planes   0 ones  1 stones of the mover  2 stones of the other
//            3, 4, 5 stones of chains with 1, 2, 3 or more liberties
//            6 empty points that only ko or superko forbids  7 empty points that are suicide
//            8-12 the last move, the one before, ... (none where it was a pass)
//   globals  0 komi from the mover's view / 20
//            1 score of the board as it stands, mover's view, komi included, / points
//            2 its sign: who wins if the game ends now
//            3-7 the last move was a pass, the one before, ...
//            8 positional ko  9 situational ko  10 suicide of several stones is legal
class GoEncoder final : public InputEncoder {
 public:
  std::string_view name() const override { return "go/1"; }
  int planes() const override { return 13; }
  int globals() const override { return 11; }
  Status Accepts(const GameSpec& spec) const override;
  void Encode(const State& state, Symmetry symmetry, std::span<float> planes,
              std::span<float> globals) const override;
};

}  // namespace tengen

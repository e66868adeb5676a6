#pragma once

#include "nets/encoder.h"

namespace tengen {

// "go/1" and "go/2": Go on any board, with rules and komi.
//   planes   0 ones  1 stones of the mover  2 stones of the other
//            3, 4 stones of chains with 1, 2 liberties
//            5 go/1: stones of chains with 3 or more liberties; go/2: with 3
//            6 empty points that only ko or superko forbids  7 empty points that are suicide
//            8-12 the last move, the one before, ... (none where it was a pass)
//   globals  0 komi with the bonus for a handicap, from the mover's view / 20
//            1 score of the board as it stands, mover's view, komi included, / points
//            2 its sign: who wins if the game ends now
//            3-7 the last move was a pass, the one before, ...
//            8 positional ko  9 situational ko  10 suicide of several stones is legal
//   go/2     11 territory scoring  12 points of groups in seki are taxed  13 all groups are
//            14 plies left before the game is cut off / points, at most 1
//            15 area scoring: points (-0.5, 0, 0.5) from the mover's komi to the middle of those
//            that
//               give the same results. Without seki stones differ by an odd number on a board of
//               odd size, so that 5.5 and 6.5 are one komi and 7 another (an input of KataGo's
//               too).
// Networks keep the encoder that they were trained with; new ones use go/2.
class GoEncoder final : public InputEncoder {
 public:
  enum class Version { k1 = 1, k2 = 2 };

  explicit GoEncoder(Version version) : version_(version) {}

  std::string_view name() const override { return version_ == Version::k1 ? "go/1" : "go/2"; }
  int planes() const override { return 13; }
  int globals() const override { return version_ == Version::k1 ? 11 : 16; }
  Status Accepts(const GameSpec& spec) const override;
  void Encode(const State& state, Symmetry symmetry, std::span<float> planes,
              std::span<float> globals) const override;

 private:
  Version version_;
};

}  // namespace tengen

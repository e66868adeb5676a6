#pragma once

#include "nets/encoder.h"

namespace tengen {

// Which suicide rule decides what is alive for ever in planes 18 and 19: some networks want the
// same for all rules.
enum class KataGoArea { kByTheRules, kAsIfSuicideWereLegal };

// The inputs of KataGo's networks of model versions 8 to 17, "V7": 22 planes and 19 globals, view
// of the player to move.
//
// Planes
//   0        on the board: 1 everywhere
//   1, 2     own, opponent's stones
//   3 - 5    stones with exactly 1, 2, 3 liberties
//   6        points that ko or superko forbids
//   7, 8     ko in the clean-up phases of territory scoring: 0
//   9 - 13   the last five moves, newest first
//   14 - 16  stones that a ladder captures, on the board now, one and two moves ago
//   17       moves that start such a ladder against an opponent's chain of two liberties
//   18, 19   own, opponent's area as it stands, without the eyes of groups in seki where those are
//            taxed; 0 under territory scoring
//   20, 21   stones at the start of the second clean-up phase: 0
// Globals
//   0 - 4    the last five moves were passes
//   5        komi of the mover / 20; under territory scoring less the difference of moves made
//   6, 7     ko rule: 0, 0 simple; 1, 0.5 positional; 1, -0.5 situational
//   8        suicide of several stones is legal
//   9        territory scoring
//   10, 11   tax in seki (or on all groups); on all groups
//   12, 13   clean-up phases: 0
//   14       a pass ends the game, or the phase before the clean-up of territory scoring
//   15, 16   playout doubling advantage: 0
//   17       a button is left: 0
//   18       how a half point more would help at this komi and board size; 0 under territory
//   scoring
class KataGoEncoder final : public InputEncoder {
 public:
  // draw_wins: what a draw counts for White, from 0 (loss) to 1 (win). Moves the komi of the inputs
  // where draws are possible.
  explicit KataGoEncoder(double draw_wins = 0.5, KataGoArea area = KataGoArea::kByTheRules)
      : draw_wins_(draw_wins), area_(area) {}

  std::string_view name() const override { return "katago/7"; }
  int planes() const override { return 22; }
  int globals() const override { return 19; }

  // Go on boards of any shape.
  Status Accepts(const GameSpec& spec) const override;
  void Encode(const State& state, Symmetry symmetry, std::span<float> planes,
              std::span<float> globals) const override;

 private:
  double draw_wins_;
  KataGoArea area_;
};

}  // namespace tengen

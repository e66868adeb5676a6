#pragma once

#include <cstdint>

#include "envs/core/rng.h"
#include "envs/go/go_game.h"

namespace tengen {

// How often the rarer events came up, so that a test can tell that it met them.
struct GoFuzzCounts {
  std::int64_t games = 0;
  std::int64_t plies = 0;
  std::int64_t captures = 0;              // stones taken by the opponent
  std::int64_t multi_suicides = 0;        // played
  std::int64_t ko_bans = 0;               // points that only ko or superko forbids
  std::int64_t bans_without_capture = 0;  // among them, plays that take nothing
  std::int64_t bans_of_suicide = 0;       // among them, suicides
  std::int64_t scores = 0;                // positions scored under agreement on dead stones
  std::int64_t seki_taxes = 0;            // among them, with a group in seki
  std::int64_t pass_dead = 0;             // ends of games with stones dead beyond doubt

  GoFuzzCounts& operator+=(const GoFuzzCounts& other);
};

// Plays random games and compares GoState with ReferenceGoBoard and ReferenceGoScore after every
// move: stones, prisoners, hash, the play made and one more point; and (on more than 36 points
// after some moves) legality, ko bans and liberties of every point, the hash of the same board set
// up anew, scores with random dead stones, copies. Reports differences as test failures; stops at
// the first game with one.
GoFuzzCounts FuzzGo(const GoSetup& setup, int games, std::uint64_t seed);

// A random start under these rules: an empty board, fixed or free handicap, or stones at random and
// either player to move.
GoSetup RandomGoSetup(BoardShape shape, const Rules& rules, Rng& rng);

}  // namespace tengen

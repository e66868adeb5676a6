#pragma once

#include <cstdint>

#include "envs/core/symmetry.h"
#include "envs/go/rules.h"

namespace tengen {

// How often the rarer events came up, so that a test can tell that it met them.
struct GoFuzzCounts {
  int plies = 0;
  int captures = 0;              // stones taken by the opponent
  int multi_suicides = 0;        // played
  int ko_bans = 0;               // points that only ko or superko forbids
  int bans_without_capture = 0;  // among them, plays that take nothing
  int bans_of_suicide = 0;       // among them, suicides
};

// Plays random games and compares GoState with ReferenceGoBoard after every move (on more than 100
// points after some): legality and ko bans of every point, stones, liberties, stones taken, hashes
// before and after plays, score, copies. Reports differences as test failures; stops at the first
// game with one.
GoFuzzCounts FuzzGo(BoardShape shape, const Rules& rules, int games, std::uint64_t seed);

}  // namespace tengen

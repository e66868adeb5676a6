#pragma once

#include <array>
#include <string>

namespace tengen {

// Board sizes that random games are timed on.
inline constexpr std::array<int, 2> kPlayoutSizes = {9, 19};

// How fast random games went, and how long they were: equal policies play equally long games.
struct PlayoutSpeed {
  double moves_per_second = 0.0;
  double moves_per_game = 0.0;  // 0 where a program does not say
};

// The random games of another program.
struct OutsideBoard {
  std::string name;
  std::array<PlayoutSpeed, kPlayoutSizes.size()> playouts;
};

// Runs a shell command that plays random games and prints their speed as its last line; README.md
// says how to write one. Throws WorldError if it fails or prints something else.
OutsideBoard RunOutsideBoard(const std::string& command);

}  // namespace tengen

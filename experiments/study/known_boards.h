#pragma once

#include <string>
#include <vector>

#include "envs/core/symmetry.h"

namespace tengen {

// What best play is worth on an empty board of Go.
struct KnownBoard {
  BoardShape shape;       // rows <= columns
  int value = 0;          // area, Black minus White, without komi; Black moves first
  bool proven = false;    // by a program that searched all of it, or believed
  const char* note = "";  // where the number comes from, and under which ko rule
};

// "3x5".
std::string BoardText(BoardShape shape);

// By area.
const std::vector<KnownBoard>& KnownBoards();
// The entry of a board, however it lies; null if there is none.
const KnownBoard* FindKnownBoard(BoardShape shape);

}  // namespace tengen

#pragma once

#include <span>
#include <vector>

#include "envs/go/go_game.h"

namespace tengen {

// The stones of the chain that p belongs to. REQUIRES: a stone at p.
std::vector<Point> ChainAt(const GoBoard& board, Point p);
// One stone of each chain.
std::vector<Point> ChainHeads(const GoGame& game, const GoBoard& board);

// All stones of chains that the ownership clearly gives to the other player. `black`: one number
// per point, row-major, +1 Black's to -1 White's, of a network or of OwnershipByPlayouts.
std::vector<Point> ChainsOfOthers(const GoGame& game, const GoBoard& board,
                                  std::span<const float> black);

}  // namespace tengen

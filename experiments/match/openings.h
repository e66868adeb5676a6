#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/go/go_game.h"

namespace tengen {

// What the pairs of a match begin with: moves from the start position that do not end the game.
struct Openings {
  std::vector<std::vector<Action>> moves;  // one for each pair
  // Openings that lead to different positions, boards turned or mirrored counting as the same.
  int distinct = 0;
};

// `pairs` openings of `plies` uniform random legal moves (never a pass); shorter where a game would
// end. No opening comes twice while there are others, since pairs with one opening are not
// independent, and intervals and tests count pairs: after kOpeningTries draws without a new one the
// openings become a move longer, up to kMoreOpeningPlies (with 0 plies all begin at the start);
// then all of them may come once more. Opening k is a function of (game, plies, seed, k).
Openings DrawOpenings(const Game& game, int pairs, int plies, std::uint64_t seed);
inline constexpr int kOpeningTries = 1000;
inline constexpr int kMoreOpeningPlies = 2;

// The first `pairs` distinct openings of the game records in `path`, an SGF file or a folder of
// them (searched through, in the order of their names): the first `plies` moves of each main line.
// Files that cannot be read or are damaged are passed over, and so are records of other boards,
// with other start positions, or with fewer, forbidden or repeated moves of one player there.
// Error: not enough openings; it names the first bad file.
Result<Openings> ReadOpenings(const GoGame& game, const std::filesystem::path& path, int pairs,
                              int plies);

}  // namespace tengen

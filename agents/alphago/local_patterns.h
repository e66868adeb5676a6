#pragma once

#include <array>
#include <cstdint>

#include "envs/core/game.h"
#include "envs/go/board.h"

// What a linear policy sees of a point of Go, as small codes: the 3x3 points around it with
// liberties of the stones beside it, and the 12 points around the last move ("response pattern",
// Silver et al. 2016, Extended Data Table 4).
//
//        .  8  .          Places of a response, the last move in the middle. 0 to 7 are also the
//     7  0  1             order of the neighbours of a 3x3 pattern: even ones share a line with
//  11 6  x  2  9          the middle, odd ones touch it at a corner.
//     5  4  3
//        . 10  .

namespace tengen {

// A point as its neighbours see it. Stones by owner and liberties of their chain.
enum class PointClass : std::uint8_t {
  kEmpty = 0,
  kEdge = 1,  // off the board
  kFirst1 = 2,
  kFirst2 = 3,
  kFirst3 = 4,  // 3 or more
  kSecond1 = 5,
  kSecond2 = 6,
  kSecond3 = 7,
};
PointClass ClassOf(const GoBoard& board, Point p);

// 20 bits: three (PointClass) for each of the neighbours 0, 2, 4, 6, from bit 0; then two (0 empty,
// 1 edge, 2 first player, 3 second) for each of 1, 3, 5, 7.
using PatternCode = std::uint32_t;
inline constexpr int kPatternBits = 20;
inline constexpr std::size_t kPatternCodes = std::size_t{1} << kPatternBits;

// Of the classes of neighbours 0 to 7.
PatternCode PatternOf(const std::array<PointClass, 8>& around);
PatternCode PatternAt(const GoBoard& board, Point p);
// The same with the players' stones exchanged. Codes in weights are from the view of the player to
// move, whose stones count as the first player's.
PatternCode SwapPlayers(PatternCode code);
// All 8 turned and mirrored versions; the code itself comes first.
std::array<PatternCode, 8> Symmetric(PatternCode code);
// The smallest of them.
PatternCode Canonical(PatternCode code);

// The 12 points around the last move (two bits each as above, the mover's stones as first player's,
// place 0 at bit 0), liberties of the last move's chain (1 to 3, bits 24 and 25), and the place of
// the answer (bits 26 to 29).
using ResponseCode = std::uint32_t;
inline constexpr int kResponsePlaces = 12;
ResponseCode ResponseAround(const GoBoard& board, Point last, Player to_move);  // without a place
constexpr ResponseCode WithPlace(ResponseCode around, int place) {
  return around | static_cast<ResponseCode>(place) << 26;
}
std::array<ResponseCode, 8> SymmetricResponses(ResponseCode code);
ResponseCode CanonicalResponse(ResponseCode code);
// The point at a place around `last`, kNoPoint if it is off the board.
Point ResponsePoint(const GoBoard& board, Point last, int place);

// What a stone of a player at an empty point would do at once.
struct Tactics {
  int taken = 0;       // stones captured
  int extended = 0;    // own stones in atari that get a second liberty
  int self_atari = 0;  // own stones that are in atari then, the new one too; 0 if they are not
};
// Captures count as liberties enough. REQUIRES: p is empty.
Tactics TacticsOf(const GoBoard& board, Point p, Player player);

// The point that would be the only liberty of the chain at `stone`, which is in atari.
Point OnlyLiberty(const GoBoard& board, Point stone);

}  // namespace tengen

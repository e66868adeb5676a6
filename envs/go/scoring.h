#pragma once

#include <array>
#include <span>
#include <vector>

#include "envs/core/game.h"
#include "envs/go/board.h"
#include "envs/go/rules.h"

// Scores, in points of the first player (Black) minus the second's unless they say otherwise.
// Owners are one Cell per point, row-major from the top row.

namespace tengen {

// Area score of the board as it stands, without komi: stones on the board plus empty regions that
// touch stones of one colour only (Tromp and Taylor). `owner` gets the owner of each point, kEmpty
// for neutral points; it may be empty. REQUIRES: owner is empty or owner.size() ==
// board.shape().points().
int AreaScore(const GoBoard& board, std::span<Cell> owner = {});

// The parts of a final score, by Index(player).
struct GoScore {
  std::array<int, 2> stones = {0, 0};     // on the board, after dead ones were taken off
  std::array<int, 2> territory = {0, 0};  // empty points that count, a seki tax taken off
  std::array<int, 2> prisoners = {0, 0};  // the opponent's stones taken in play or as dead
  std::array<int, 2> group_tax = {0, 0};  // TaxRule::kAll: two per group that is not in seki

  // The score under the rules, without komi and handicap bonus.
  int Difference(const Rules& rules) const;
};

// Scores a finished game under any rules, once the players agree on what is dead. The dead stones
// are taken off and become prisoners; an empty region that then touches one colour only is that
// player's. Everything else is alive: where players do not agree, they play on.
//
// The taxes need groups and seki. A group is a maximal connected set of one player's stones and
// regions. It is in seki if it touches a neutral point, unless it has two regions, or one of at
// least four points: such groups live without the neutral point, which was just not filled. (The
// Japanese rules of 1989, articles 7 and 8, call every group with a neutral point seki and tell
// players to fill them first.)
//
// `owner` gets stones and counted points of each player, kEmpty elsewhere; it may be empty.
// REQUIRES: stones at the `dead` points, each named once; owner as for AreaScore.
GoScore ScoreGame(const GoBoard& board, TaxRule tax, std::span<const Point> dead,
                  std::span<Cell> owner = {});

// The stones of groups in seki, as ScoreGame understands it, in no particular order.
// REQUIRES: stones at the `dead` points.
std::vector<Point> StonesInSeki(const GoBoard& board, std::span<const Point> dead);

// Stones that are dead beyond doubt: they lie in pass-alive territory of the opponent (benson.h).
// What territory scoring takes off when nobody is there to agree. The result lies in `buffer`.
std::span<const Point> PassDeadStones(const GoBoard& board, SuicideRule suicide,
                                      std::array<Point, GoBoard::kMaxPoints>& buffer);

}  // namespace tengen

#pragma once

#include <span>

#include "envs/core/game.h"
#include "envs/go/board.h"
#include "envs/go/rules.h"

// Unconditional life after D. B. Benson, "Life in the game of Go", Information Sciences 10 (1976),
// and the areas that build on it. A player's chains are pass-alive if the opponent cannot take any
// of them even when the player passes for ever.
//
// A region of a player is a maximal connected set of points without the player's stones. It is
// vital to a chain if all its empty points are liberties of that chain; where suicide of several
// stones is legal, all its points must touch the chain. Pass-alive is the largest set of chains
// that have two vital regions each which are bordered by chains of the set alone.
//
// Spans hold one Cell per point, row-major from the top row, and are overwritten. REQUIRES
// everywhere: owner.size() == board.shape().points(). Pure functions.

namespace tengen {

// The stones of pass-alive chains of either colour; the rest is kEmpty.
void PassAliveStones(const GoBoard& board, SuicideRule suicide, std::span<Cell> owner);

// Pass-alive stones and the territory that is theirs beyond doubt: regions bordered by pass-alive
// chains alone in which at most one point touches none of the player's stones, so that the opponent
// cannot make two eyes there. Stones of the opponent in such a region are dead.
void PassAliveArea(const GoBoard& board, SuicideRule suicide, std::span<Cell> owner);
// Adds one player's part of it to `owner`, which is not overwritten elsewhere.
void AddPassAliveArea(const GoBoard& board, SuicideRule suicide, Player player,
                      std::span<Cell> owner);

// Area of the board as it stands, but without the stones that are dead in pass-alive area:
// PassAliveArea, the other stones, and the other empty regions that touch one colour only.
void StandingArea(const GoBoard& board, SuicideRule suicide, std::span<Cell> owner);

// What StandingArea leaves of groups that live without doubt about seki. A group is a maximal
// connected set of one owner's points in StandingArea; it drops out whole if it touches a neutral
// empty point or holds a stone of its owner in atari. Returns the number of groups left, first
// player's minus second's. SekiStones::kKeep adds the stones of the groups that dropped out (area
// with a seki tax).
enum class SekiStones { kDrop, kKeep };
int IndependentArea(const GoBoard& board, SuicideRule suicide, SekiStones seki_stones,
                    std::span<Cell> owner);

}  // namespace tengen

#pragma once

#include <cstddef>
#include <vector>

#include "search/mcts.h"
#include "search/puct.h"
#include "search/tree.h"

// What a finished search's tree tells people; Mcts has the same functions. The tree has a root.

namespace tengen {

// The line that begins with the root's move number `first`, then the most visited moves. `visits`,
// if not null, gets theirs behind what it holds.
std::vector<Action> LineOf(const Tree& tree, std::size_t first, std::vector<int>* visits);

// Mcts::Moves. REQUIRES: min_visits >= 1.
std::vector<TreeMove> MovesOf(const Tree& tree, const PuctParameters& puct, int min_visits,
                              std::size_t most);

// Mcts::Scores.
SearchScores ScoresOf(const Tree& tree);

}  // namespace tengen

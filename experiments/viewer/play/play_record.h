#pragma once

#include <string>

#include "envs/core/game.h"
#include "envs/go/sgf.h"

namespace tengen {

// How a game that was played from a record on is written back into its tree: nothing of the record
// is lost but what was taken back.

// The child of a node with that move, added where there is none, and made the first of its
// siblings: the main line goes on there, what was first is a variation.
int FollowOrAddMove(SgfTree& tree, int node, Player player, Action action, BoardShape shape);

// Drops what follows a node.
void EndLineAt(SgfTree& tree, int node);

// Gives the root a property, in place of the one that it may have; "" takes it away. Text as people
// read it.
void SetRootText(SgfTree& tree, const char* name, const std::string& text);

// Adds to a node's comment on a line of its own, unless it is there.
void AddComment(SgfTree& tree, int node, const std::string& comment);

}  // namespace tengen

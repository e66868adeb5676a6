#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"

// Game records in the Smart Game Format, FF[3] and FF[4] (https://www.red-bean.com/sgf/). This
// file reads and writes trees of properties; sgf_game.h knows what they mean in Go.

namespace tengen {

// One property of a node, e.g. AB[dd][pp]. The values are UTF-8 and keep their backslashes, so that
// writing them gives back what was read; SgfText takes the backslashes away.
struct SgfProperty {
  std::string name;  // capital letters and digits
  std::vector<std::string> values;

  bool operator==(const SgfProperty&) const = default;
};

// Nodes name each other by their index in SgfTree::nodes.
struct SgfNode {
  static constexpr int kNoNode = -1;

  std::vector<SgfProperty> properties;  // as they stand in the file; a name may come twice
  int parent = kNoNode;
  std::vector<int> children;  // the first one is the main line

  // The first property of that name, or null.
  const SgfProperty* Find(std::string_view name) const;
  // The first value of that property, or "".
  std::string_view Value(std::string_view name) const;

  bool operator==(const SgfNode&) const = default;
};

// One game with all its variations. Node 0 is the root; parents come before their children.
struct SgfTree {
  std::vector<SgfNode> nodes;
  // What was wrong in the file and how it was taken, a sentence each. No part of the game.
  std::vector<std::string> notes;

  const SgfNode& root() const { return nodes.front(); }
  // Adds a node below `parent` (kNoNode: the root of an empty tree) and returns its index.
  int Add(int parent);
  // Nodes from the root along the first children.
  std::vector<int> MainLine() const;
  // Nodes without children.
  int Leaves() const;

  bool operator==(const SgfTree& other) const { return nodes == other.nodes; }
};

// Reads all games of a file. What is common though wrong is taken: text before, between and behind
// the games, a byte order mark, any line ends, long names (`CoPyright`; lower-case letters do not
// count), a property that comes twice in a node, parentheses missing at the start or the end, and,
// with a note, a first node without its ';'.
//
// Character sets are as in SgfToUtf8 (sgf_encoding.h); the text comes out as UTF-8, and where it is
// not ASCII the root says so in CA.
//
// Errors name line and column: no game in the file, a file that ends inside a value,
// properties without a value, nodes that follow a variation. Time and memory are linear in the
// length, and any depth of variations is fine.
Result<std::vector<SgfTree>> ParseSgf(std::string_view bytes);

// Writes games as UTF-8, FF[4] syntax; games that are not ASCII get a CA that says so. ParseSgf
// gives the same trees back if they declare UTF-8 or are ASCII.
// REQUIRES: no tree is empty.
std::string WriteSgf(const std::vector<SgfTree>& trees);

// A value as people read it: escapes resolved, escaped line ends dropped, other line ends as '\n',
// other white space as ' '.
std::string SgfText(std::string_view value);
// Escapes text for a property value.
std::string SgfEscape(std::string_view text);

// The start of a value in quotes, ASCII, for messages.
std::string SgfShown(std::string_view value);

// A point, "aa" is the upper left one; letters a to z, then A to Z. "" is the pass, and "tt" too on
// boards up to 19x19. Errors: no such point.
Result<Action> ParseSgfPoint(std::string_view value, BoardShape shape);
std::string SgfPointText(Action action, BoardShape shape);
// A list of points, in which "aa:cc" is a rectangle by two opposite corners. Empty values are
// skipped.
Result<std::vector<Action>> ParseSgfPoints(const std::vector<std::string>& values,
                                           BoardShape shape);

}  // namespace tengen

#include "experiments/viewer/play/play_record.h"

#include <algorithm>

#include "envs/go/sgf_game.h"

namespace tengen {
namespace {

SgfNode& NodeAt(SgfTree& tree, int node) { return tree.nodes[static_cast<std::size_t>(node)]; }

bool HasMove(const SgfNode& node, Player player, Action action, BoardShape shape) {
  const SgfProperty* move = node.Find(player == Player::kFirst ? "B" : "W");
  if (move == nullptr || move->values.empty()) return false;
  const Result<Action> point = ParseSgfPoint(move->values.front(), shape);
  return point.ok() && *point == action;
}

}  // namespace

int FollowOrAddMove(SgfTree& tree, int node, Player player, Action action, BoardShape shape) {
  const std::vector<int> children = NodeAt(tree, node).children;
  auto found = std::ranges::find_if(
      children, [&](int child) { return HasMove(NodeAt(tree, child), player, action, shape); });
  const int next = found == children.end() ? AddSgfMove(tree, node, player, action, shape) : *found;
  std::vector<int>& siblings = NodeAt(tree, node).children;
  const auto place = std::ranges::find(siblings, next);
  std::rotate(siblings.begin(), place, place + 1);
  return next;
}

void EndLineAt(SgfTree& tree, int node) { NodeAt(tree, node).children.clear(); }

void SetRootText(SgfTree& tree, const char* name, const std::string& text) {
  std::vector<SgfProperty>& properties = tree.nodes.front().properties;
  const auto found = std::ranges::find(properties, name, &SgfProperty::name);
  if (text.empty()) {
    if (found != properties.end()) properties.erase(found);
  } else if (found != properties.end()) {
    found->values = {SgfEscape(text)};
  } else {
    properties.push_back({name, {SgfEscape(text)}});
  }
}

void AddComment(SgfTree& tree, int node, const std::string& comment) {
  if (comment.empty()) return;
  std::vector<SgfProperty>& properties = NodeAt(tree, node).properties;
  const auto found = std::ranges::find(properties, "C", &SgfProperty::name);
  if (found == properties.end()) {
    properties.push_back({"C", {SgfEscape(comment)}});
    return;
  }
  if (found->values.empty()) found->values.emplace_back();
  std::string& text = found->values.front();
  if (text.find(SgfEscape(comment)) != std::string::npos) return;
  text += (text.empty() ? "" : "\n") + SgfEscape(comment);
}

}  // namespace tengen

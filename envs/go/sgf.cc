#include "envs/go/sgf.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr int kLetters = 26;
constexpr int kMaxSide = 2 * kLetters;  // a to z, A to Z

int CoordinateOf(char c) {
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= 'A' && c <= 'Z') return kLetters + c - 'A';
  return kMaxSide;
}

char LetterOf(int coordinate) {
  return static_cast<char>(coordinate < kLetters ? 'a' + coordinate : 'A' + coordinate - kLetters);
}

bool TtIsPass(BoardShape shape) { return shape.rows <= 19 && shape.columns <= 19; }

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void WriteNode(const SgfNode& node, std::string& out) {
  out += ';';
  for (const SgfProperty& property : node.properties) {
    out += property.name;
    for (const std::string& value : property.values) out += '[' + value + ']';
  }
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

void WriteTree(const SgfTree& tree, std::string& out) {
  TENGEN_CHECK(!tree.nodes.empty(), "a tree without nodes");
  const std::size_t start = out.size();
  // What is still to write; kNoNode closes a variation.
  struct Pending {
    int node;
    bool opens;  // a parenthesis first
  };
  std::vector<Pending> stack = {{SgfNode::kNoNode, false}, {0, true}};
  while (!stack.empty()) {
    const auto [index, opens] = stack.back();
    stack.pop_back();
    if (index == SgfNode::kNoNode) {
      out += ')';
      continue;
    }
    if (opens) out += '(';
    const SgfNode& node = tree.nodes[static_cast<std::size_t>(index)];
    WriteNode(node, out);
    const bool branches = node.children.size() > 1;
    for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
      if (branches) stack.push_back({SgfNode::kNoNode, false});
      stack.push_back({*child, branches});
    }
    if (node.children.size() == 1) out += '\n';
  }
  out += '\n';
  const std::size_t root = out.find(';', start) + 1;
  if (tree.root().Find("CA") == nullptr && !IsAscii(std::string_view(out).substr(start))) {
    out.insert(root, "CA[UTF-8]");
  }
}

}  // namespace

// Trees.

const SgfProperty* SgfNode::Find(std::string_view name) const {
  const auto found = std::find_if(properties.begin(), properties.end(),
                                  [name](const SgfProperty& p) { return p.name == name; });
  return found == properties.end() ? nullptr : &*found;
}

std::string_view SgfNode::Value(std::string_view name) const {
  const SgfProperty* property = Find(name);
  if (property == nullptr || property->values.empty()) return "";
  return property->values.front();
}

int SgfTree::Add(int parent) {
  const int index = static_cast<int>(nodes.size());
  if (parent != SgfNode::kNoNode) nodes[static_cast<std::size_t>(parent)].children.push_back(index);
  nodes.emplace_back().parent = parent;
  return index;
}

std::vector<int> SgfTree::MainLine() const {
  std::vector<int> line;
  if (nodes.empty()) return line;
  for (int index = 0;;) {
    line.push_back(index);
    const SgfNode& node = nodes[static_cast<std::size_t>(index)];
    if (node.children.empty()) return line;
    index = node.children.front();
  }
}

int SgfTree::Leaves() const {
  return static_cast<int>(std::count_if(nodes.begin(), nodes.end(),
                                        [](const SgfNode& node) { return node.children.empty(); }));
}

std::string WriteSgf(const std::vector<SgfTree>& trees) {
  std::string out;
  for (const SgfTree& tree : trees) WriteTree(tree, out);
  return out;
}

// Values.

std::string SgfText(std::string_view value) {
  std::string text;
  text.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool escaped = value[i] == '\\';
    if (escaped && ++i == value.size()) break;
    const char c = value[i];
    if (c == '\n' || c == '\r') {
      // CR LF and LF CR are one line end.
      if (i + 1 < value.size() && (value[i + 1] == '\n' || value[i + 1] == '\r') &&
          value[i + 1] != c) {
        ++i;
      }
      if (!escaped) text += '\n';
    } else {
      text += c == '\t' || c == '\v' || c == '\f' ? ' ' : c;
    }
  }
  return text;
}

std::string SgfEscape(std::string_view text) {
  std::string value;
  value.reserve(text.size());
  for (const char c : text) {
    if (c == ']' || c == '\\' || c == ':') value += '\\';
    value += c;
  }
  return value;
}

std::string SgfShown(std::string_view value) {
  std::string shown = "'";
  for (const char c : value.substr(0, 20)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown + (value.size() > 20 ? "...'" : "'");
}

// Points.

Result<Action> ParseSgfPoint(std::string_view value, BoardShape shape) {
  const std::string_view letters = Trimmed(value);
  if (letters.empty()) return shape.points();
  if (letters.size() == 2) {
    const int column = CoordinateOf(letters[0]);
    const int row = CoordinateOf(letters[1]);
    if (column < shape.columns && row < shape.rows) return row * shape.columns + column;
    if (letters == "tt" && TtIsPass(shape)) return shape.points();
  }
  return Error{StrCat("point ", SgfShown(letters), ", wanted two letters from 'aa' to '",
                      LetterOf(std::min(shape.columns, kMaxSide) - 1),
                      LetterOf(std::min(shape.rows, kMaxSide) - 1), "'")};
}

std::string SgfPointText(Action action, BoardShape shape) {
  TENGEN_CHECK(action >= 0 && action <= shape.points(), "action ", action);
  if (action == shape.points()) return "";
  return {LetterOf(action % shape.columns), LetterOf(action / shape.columns)};
}

Result<std::vector<Action>> ParseSgfPoints(const std::vector<std::string>& values,
                                           BoardShape shape) {
  std::vector<Action> points;
  for (const std::string& untrimmed : values) {
    const std::string_view value = Trimmed(untrimmed);
    if (value.empty()) continue;
    const std::size_t colon = value.find(':');
    const auto first = ParseSgfPoint(value.substr(0, colon), shape);
    if (!first) return Error{first.error()};
    const auto last =
        colon == std::string_view::npos ? first : ParseSgfPoint(value.substr(colon + 1), shape);
    if (!last) return Error{last.error()};
    if (*first == shape.points() || *last == shape.points()) {
      return Error{StrCat("point list ", SgfShown(value), " with a pass, wanted points")};
    }
    const auto [left, right] = std::minmax({*first % shape.columns, *last % shape.columns});
    const auto [top, bottom] = std::minmax({*first / shape.columns, *last / shape.columns});
    for (int row = top; row <= bottom; ++row) {
      for (int column = left; column <= right; ++column) {
        points.push_back(row * shape.columns + column);
      }
    }
  }
  return points;
}

}  // namespace tengen

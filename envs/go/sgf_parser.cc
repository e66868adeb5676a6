#include <algorithm>
#include <utility>

#include "envs/go/sgf.h"
#include "envs/go/sgf_encoding.h"

namespace tengen {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsSmall(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A parser without recursion: the open variations are the nodes that they branch from.
class SgfParser {
 public:
  explicit SgfParser(std::string_view text) : text_(text) {}

  Result<std::vector<SgfTree>> Parse() {
    std::vector<SgfTree> trees;
    while (SkipToTree()) {
      trees.emplace_back();
      if (!ParseTree(trees.back())) return Error{error_};
    }
    if (trees.empty()) return Error{"line 1, column 1: no game, wanted '(;' somewhere"};
    return trees;
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return text_[at_]; }
  void SkipSpace() {
    while (!AtEnd() && IsSpace(Peek())) ++at_;
  }

  // Stops behind the parenthesis of the next "(;", white space between allowed. The first tree may
  // lack it, and a property may follow in place of the ';'.
  bool SkipToTree() {
    if (at_ == 0) {
      SkipSpace();
      if (!AtEnd() && Peek() == ';') return true;
    }
    while ((at_ = text_.find('(', at_)) != std::string_view::npos) {
      ++at_;
      SkipSpace();
      if (!AtEnd() && (Peek() == ';' || AtProperty())) return true;
    }
    at_ = text_.size();
    return false;
  }

  // Whether a name of one or two capitals and a value stand here, as "SZ[9]" or "SiZe[9]".
  bool AtProperty() const {
    std::size_t at = at_;
    int capitals = 0;
    for (; at < text_.size() && (IsCapital(text_[at]) || IsSmall(text_[at])); ++at) {
      capitals += IsCapital(text_[at]) ? 1 : 0;
    }
    while (at < text_.size() && IsSpace(text_[at])) ++at;
    return at < text_.size() && text_[at] == '[' && (capitals == 1 || capitals == 2);
  }

  bool ParseTree(SgfTree& tree) {
    open_.assign(1, SgfNode::kNoNode);
    int node = SgfNode::kNoNode;
    bool variations_only = false;  // behind a variation only another one or the end may follow
    bool begins = true;            // a game or a variation
    while (!open_.empty()) {
      SkipSpace();
      if (AtEnd()) return true;  // as if the missing parentheses were there
      const char c = Peek();
      if (c == ')') {
        ++at_;
        node = open_.back();
        open_.pop_back();
        variations_only = true;
      } else if (c == '(') {
        ++at_;
        if (node == SgfNode::kNoNode) return Fail("'(' before the first node, wanted ';'");
        SkipSpace();
        if (AtEnd() || !(Peek() == ';' || AtProperty())) {
          return Fail("a variation without a node, wanted ';'");
        }
        open_.push_back(node);
        variations_only = false;
        begins = true;
      } else if (!variations_only && (c == ';' || (begins && AtProperty()))) {
        if (c != ';') tree.notes.push_back(StrCat(PlaceText(), ": a node without its ';'"));
        if (c == ';') ++at_;
        begins = false;
        node = tree.Add(node);
        if (!ParseProperties(tree.nodes.back())) return false;
      } else {
        return Fail(StrCat("'", Shown(c), "', wanted ", variations_only ? "'(' or ')'" : "';'"));
      }
    }
    return true;
  }

  bool ParseProperties(SgfNode& node) {
    while (true) {
      SkipSpace();
      if (AtEnd() || !(IsCapital(Peek()) || IsSmall(Peek()) || IsDigit(Peek()))) return true;
      SgfProperty property;
      const std::size_t start = at_;
      for (; !AtEnd() && (IsCapital(Peek()) || IsSmall(Peek()) || IsDigit(Peek())); ++at_) {
        if (!IsSmall(Peek())) property.name += Peek();
      }
      SkipSpace();
      if (AtEnd() || Peek() != '[' || property.name.empty()) {
        const std::string name(text_.substr(start, std::min<std::size_t>(20, at_ - start)));
        at_ = start;
        return Fail(property.name.empty() ? StrCat("'", name, "', wanted a property in capitals")
                                          : StrCat("property ", name, " without a value"));
      }
      if (!ParseValues(property)) return false;
      node.properties.push_back(std::move(property));
    }
  }

  bool ParseValues(SgfProperty& property) {
    for (SkipSpace(); !AtEnd() && Peek() == '['; SkipSpace()) {
      const std::size_t start = at_;
      for (++at_; !AtEnd() && Peek() != ']'; ++at_) {
        if (Peek() == '\\') ++at_;
      }
      if (AtEnd()) {
        at_ = start;
        return Fail(StrCat("the file ends inside this value of ", property.name, ", wanted ']'"));
      }
      property.values.emplace_back(text_.substr(start + 1, at_ - start - 1));
      ++at_;
    }
    return true;
  }

  // A character that can be shown in a message.
  static std::string Shown(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20U && byte < 0x7FU) return std::string(1, c);
    return StrCat("byte ", static_cast<int>(byte));
  }

  bool Fail(const std::string& what) {
    error_ = StrCat(PlaceText(), ": ", what);
    return false;
  }

  std::string PlaceText() const {
    const std::string_view before = text_.substr(0, std::min(at_, text_.size()));
    int line = 1;
    int column = 1;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const char c = before[i];
      if (c == '\n' || (c == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'))) {
        ++line;
        column = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {  // starts a character
        ++column;
      }
    }
    return StrCat("line ", line, ", column ", column);
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<int> open_;
  std::string error_;
};

// The text was converted, and should be read as UTF-8 from now on.
void DeclareUtf8(SgfTree& tree, bool ascii) {
  bool declared = false;
  for (SgfNode& node : tree.nodes) {
    for (SgfProperty& property : node.properties) {
      if (property.name != "CA") continue;
      property.values = {"UTF-8"};
      declared = declared || &node == &tree.nodes.front();
    }
  }
  std::vector<SgfProperty>& root = tree.nodes.front().properties;
  if (!declared && !ascii) root.insert(root.begin(), {"CA", {"UTF-8"}});
}

bool IsAscii(const SgfTree& tree) {
  for (const SgfNode& node : tree.nodes) {
    for (const SgfProperty& property : node.properties) {
      for (const std::string& value : property.values) {
        for (const char c : value) {
          if (static_cast<unsigned char>(c) >= 0x80U) return false;
        }
      }
    }
  }
  return true;
}

// How many moves the games of a text hold; -1 where it is not SGF.
long CountMoves(const std::string& text) {
  const auto trees = SgfParser(text).Parse();
  if (!trees) return -1;
  long moves = 0;
  for (const SgfTree& tree : *trees) {
    for (const SgfNode& node : tree.nodes) {
      for (const SgfProperty& property : node.properties) {
        if (property.name != "B" && property.name != "W") continue;
        moves += static_cast<long>(property.values.size());
      }
    }
  }
  return moves;
}

}  // namespace

Result<std::vector<SgfTree>> ParseSgf(std::string_view bytes) {
  const SgfDecoded decoded = SgfToUtf8(bytes, CountMoves);
  auto trees = SgfParser(decoded.text).Parse();
  if (!trees) return trees;
  for (SgfTree& tree : *trees) {
    DeclareUtf8(tree, IsAscii(tree));
    tree.notes.insert(tree.notes.begin(), decoded.notes.begin(), decoded.notes.end());
  }
  return trees;
}

}  // namespace tengen

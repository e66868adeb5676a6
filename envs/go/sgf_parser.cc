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
bool IsLetter(char c) { return IsCapital(c) || IsSmall(c); }
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
  bool IsAt(std::size_t at, char c) const { return at < text_.size() && text_[at] == c; }
  std::size_t BehindSpace(std::size_t at) const {
    while (at < text_.size() && IsSpace(text_[at])) ++at;
    return at;
  }
  std::size_t BehindLetters(std::size_t at) const {
    while (at < text_.size() && IsLetter(text_[at])) ++at;
    return at;
  }
  void SkipSpace() { at_ = BehindSpace(at_); }

  // Stops behind the parenthesis of the next "(;", white space between allowed. A property may
  // follow in place of the ';'. The first tree may lack the parenthesis; both may be missing at the
  // start and directly behind a tree.
  bool SkipToTree() {
    const bool first = at_ == 0;
    SkipSpace();
    if ((first && IsAt(at_, ';')) || AtBareNode()) return true;
    while ((at_ = text_.find('(', at_)) != std::string_view::npos) {
      ++at_;
      SkipSpace();
      if (IsAt(at_, ';') || AtProperty()) return true;
    }
    at_ = text_.size();
    return false;
  }

  // Whether a property stands here, behind a parenthesis: a name of one or two capitals and a
  // value, as "SZ[9]" or "SiZe [9]". Other names, as "sz" and "MULTIGOGM", must look like a node.
  bool AtProperty() const {
    const std::size_t end = BehindLetters(at_);
    const std::string_view name = text_.substr(at_, end - at_);
    const auto capitals = std::count_if(name.begin(), name.end(), IsCapital);
    const bool usual = capitals == 1 || capitals == 2;
    return (usual && IsAt(BehindSpace(end), '[')) || AtBareNode();
  }

  // Whether a property stands here with more of a game behind its value: "sz[9]km[6.5]", but not
  // "see[1])", which is text. Looks no further than to the next parenthesis, so that all calls
  // together take linear time; a value that is not over there counts as well.
  bool AtBareNode() const {
    const std::size_t name_end = BehindLetters(at_);
    if (name_end == at_ || !IsAt(name_end, '[')) return false;
    const std::size_t value_end = text_.find_first_of("](\\", name_end);
    if (value_end == std::string_view::npos) return false;
    if (text_[value_end] != ']') return true;
    const std::size_t next = BehindSpace(value_end + 1);
    if (IsAt(next, '[') || IsAt(next, ';') || IsAt(next, '(')) return true;
    const std::size_t next_end = BehindLetters(next);
    return next_end > next && IsAt(BehindSpace(next_end), '[');
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
        if (!IsAt(at_, ';') && !AtProperty()) {
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
      if (AtEnd() || !(IsLetter(Peek()) || IsDigit(Peek()))) return true;
      SgfProperty property;
      const std::size_t start = at_;
      for (; !AtEnd() && (IsLetter(Peek()) || IsDigit(Peek())); ++at_) {
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

  // Counts on from where it was asked last, so that many notes take no more than one.
  std::string PlaceText() {
    const std::size_t end = std::min(at_, text_.size());
    if (end < place_.at) place_ = {};
    for (; place_.at < end; ++place_.at) {
      const std::size_t i = place_.at;
      const char c = text_[i];
      if (c == '\n' || (c == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'))) {
        ++place_.line;
        place_.column = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {  // starts a character
        ++place_.column;
      }
    }
    return StrCat("line ", place_.line, ", column ", place_.column);
  }

  struct Place {
    std::size_t at = 0;
    int line = 1;
    int column = 1;
  };

  const std::string_view text_;
  std::size_t at_ = 0;
  std::vector<int> open_;
  std::string error_;
  Place place_;
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

// What the games of a text hold.
SgfContent Measure(const std::string& text) {
  const auto trees = SgfParser(text).Parse();
  if (!trees) return {};
  SgfContent content;
  content.moves = 0;
  for (const SgfTree& tree : *trees) {
    for (const SgfNode& node : tree.nodes) {
      for (const auto& [name, values] : node.properties) {
        const auto count = static_cast<long>(values.size());
        if (name == "B" || name == "W") content.moves += count;
        if (name == "AB" || name == "AW" || name == "AE") content.setup += count;
        content.values += count;
      }
    }
  }
  return content;
}

}  // namespace

Result<std::vector<SgfTree>> ParseSgf(std::string_view bytes) {
  const SgfDecoded decoded = SgfToUtf8(bytes, Measure);
  auto trees = SgfParser(decoded.text).Parse();
  if (!trees) return trees;
  for (SgfTree& tree : *trees) {
    DeclareUtf8(tree, IsAscii(tree));
    tree.notes.insert(tree.notes.begin(), decoded.notes.begin(), decoded.notes.end());
  }
  return trees;
}

}  // namespace tengen

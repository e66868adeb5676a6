#include "envs/go/sgf_game.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "envs/core/check.h"
#include "envs/go/handicap.h"

namespace tengen {
namespace {

constexpr int kMaxSgfSide = 52;

// The number at the start of a text, and whether the whole text is that number.
template <typename T>
std::optional<T> LeadingNumber(std::string_view text, std::string_view* rest) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  *rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return number;
}

// "19" or "9:7" (columns:rows). Some programs write "19x19", "9 : 7" or "19 ".
Result<BoardShape> ParseSize(std::string_view value) {
  const Error error = {
      StrCat("board size ", SgfShown(value), ", wanted 1 to ", kMaxSgfSide, " or COLUMNS:ROWS")};
  std::string_view rest;
  const auto columns = LeadingNumber<int>(value, &rest);
  if (!columns) return error;
  std::optional<int> rows = columns;
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (!rest.empty() && (rest[0] == ':' || rest[0] == 'x' || rest[0] == 'X')) {
    rows = LeadingNumber<int>(rest.substr(1), &rest);
  }
  // Words may follow, another number would be a side that is not understood.
  if (rest.find_first_of("0123456789") != std::string_view::npos) return error;
  if (!rows || *rows < 1 || *rows > kMaxSgfSide || *columns < 1 || *columns > kMaxSgfSide) {
    return error;
  }
  return BoardShape{*rows, *columns};
}

// SZ may stand in any of the first two nodes.
const SgfNode* NodeWith(const SgfTree& tree, std::string_view name) {
  if (tree.root().Find(name) != nullptr) return &tree.root();
  if (tree.root().children.empty()) return nullptr;
  const auto second = static_cast<std::size_t>(tree.root().children.front());
  return tree.nodes[second].Find(name) != nullptr ? &tree.nodes[second] : nullptr;
}

std::string InfoText(const SgfTree& tree, std::string_view name) {
  const SgfNode* node = NodeWith(tree, name);
  return node == nullptr ? "" : SgfText(node->Value(name));
}

constexpr int kMaxHalfKomi = 2000;  // as far as GTP goes

struct Fraction {
  std::string_view text;
  double value;
};
constexpr Fraction kFractions[] = {
    {"1/2", 0.5},
    {"1/4", 0.25},
    {"3/4", 0.75},
    {"\xC2\xBD", 0.5},  // the same as one sign
    {"\xC2\xBC", 0.25},
    {"\xC2\xBE", 0.75},
    {"\xE7\x9B\xAE\xE5\x8D\x8A", 0.5},  // "points and a half" in Japanese
    {"\xEC\xA7\x91\xEB\xB0\x98", 0.5},  // and in Korean
    {"and a half", 0.5},
    {"and half", 0.5},
    {"et demi", 0.5},
};

// The fraction at the start of a text, 0 if there is none.
double LeadingFraction(std::string_view text) {
  constexpr std::string_view kBetween[] = {"points", "\xE5\x8F\x88"};  // the latter: Chinese "and"
  const auto skip_spaces = [&text] {
    while (text.starts_with(' ')) text.remove_prefix(1);
  };
  skip_spaces();
  for (const std::string_view word : kBetween) {
    if (text.starts_with(word)) text.remove_prefix(word.size());
  }
  skip_spaces();
  for (const auto& [spelled, value] : kFractions) {
    if (text.starts_with(spelled)) return value;
  }
  return 0.0;
}

// The number at the start of a text: "6.5", "6 1/2", "1/2"; `rest` is what was not read.
std::optional<double> NumberWithFraction(std::string_view text, std::string_view* rest) {
  *rest = "";
  if (const double fraction = LeadingFraction(text); fraction > 0.0) return fraction;
  auto number = LeadingNumber<double>(text, rest);
  const std::string_view spelled = text.substr(0, text.size() - rest->size());
  if (number && spelled.find('.') == std::string_view::npos) {
    const double fraction = LeadingFraction(*rest);
    *number += std::copysign(fraction, *number);
    if (fraction > 0.0) *rest = "";
  }
  return number;
}

struct Komi {
  int half = 0;
  bool exact = true;  // nothing was rounded, and no digits follow
};

std::optional<Komi> ReadKomi(std::string_view value) {
  std::string text(value);
  if (const std::size_t comma = text.find(','); comma != std::string::npos) text[comma] = '.';
  std::string_view rest;
  auto komi = NumberWithFraction(text, &rest);
  if (!komi || !(std::abs(*komi) <= 10000.0)) return std::nullopt;
  const bool digits = rest.find_first_of("0123456789") != std::string_view::npos;
  const double size = std::abs(*komi);
  if (size >= 200.0 && size <= 1000.0 && std::fmod(size, 25.0) == 0.0 &&
      text.find('.') == std::string::npos) {
    // Stones as well, though no quarters tell it: KataGo's sgf.cpp reads Fox's 350 as 7 points.
    if (size == 350.0) *komi *= 2.0;
    *komi /= 100.0;
  }
  constexpr double kMostStones = 5.0;  // of komi, ten points
  const double quarters = std::abs(std::fmod(*komi, 0.5));
  if (std::abs(quarters - 0.25) < 1e-9 && std::abs(*komi) < kMostStones) *komi *= 2.0;
  const auto half = static_cast<int>(std::lround(2.0 * *komi));
  return Komi{half, !digits && std::abs(2.0 * *komi - half) < 1e-9};
}

// Whether some program left the stones of HA out of AB: White begins, and nothing is on the board.
bool LacksHandicap(const SgfTree& tree, int handicap) {
  if (handicap < 2 || tree.root().children.empty()) return false;
  const auto& second = tree.nodes[static_cast<std::size_t>(tree.root().children.front())];
  for (const char* name : {"AB", "AW", "AE", "B", "W", "PL"}) {
    if (tree.root().Find(name) != nullptr) return false;
  }
  return second.Find("W") != nullptr && second.Find("AB") == nullptr &&
         second.Find("AW") == nullptr;
}

// KataGo (sgf.cpp, maybeParseSgf) knows them by AP: the Fox server's own, and some older ones of it
// that name GNU Go, with an empty GN. With six or seven stones those before 2018 have the side
// stones above and below.
std::vector<Action> FoxHandicap(const SgfTree& tree, BoardShape shape, int handicap) {
  const std::string program = InfoText(tree, "AP");
  const SgfProperty* const name = tree.root().Find("GN");
  const bool fox = program.find("foxwq") != std::string::npos ||
                   (program.find("GNU Go:3.8") != std::string::npos && name != nullptr &&
                    SgfText(tree.root().Value("GN")).empty());
  if (!fox) return {};
  auto points = FixedHandicap(shape, handicap);
  if (!points) return {};
  std::string_view rest;
  const auto year = LeadingNumber<int>(InfoText(tree, "DT"), &rest);
  if ((handicap == 6 || handicap == 7) && year && *year < 2018 && shape.rows == shape.columns) {
    for (Action& point : *points) {
      point = (point % shape.columns) * shape.columns + point / shape.columns;
    }
  }
  return *std::move(points);
}

}  // namespace

std::optional<int> ParseSgfKomi(std::string_view value) {
  const auto komi = ReadKomi(value);
  return komi ? std::optional(komi->half) : std::nullopt;
}

Result<SgfGameInfo> ReadSgfGameInfo(const SgfTree& tree) {
  TENGEN_CHECK(!tree.nodes.empty(), "a tree without nodes");
  SgfGameInfo info;
  std::string_view rest;
  if (const std::string game = InfoText(tree, "GM");
      !game.empty() && LeadingNumber<int>(game, &rest) != 1) {
    return Error{StrCat("game GM is ", SgfShown(game), ", wanted 1 (Go)")};
  }
  if (const std::string size = InfoText(tree, "SZ"); !size.empty()) {
    const auto shape = ParseSize(size);
    if (!shape) return Error{shape.error()};
    info.shape = *shape;
  }
  info.komi = InfoText(tree, "KM");
  if (const auto komi = ReadKomi(info.komi)) {
    info.half_komi = komi->half;
    info.komi_exact = komi->exact;
  }
  info.handicap = LeadingNumber<int>(InfoText(tree, "HA"), &rest).value_or(0);
  info.lacks_handicap = LacksHandicap(tree, info.handicap);
  if (info.lacks_handicap) info.left_out = FoxHandicap(tree, info.shape, info.handicap);
  info.rules = InfoText(tree, "RU");
  info.black = InfoText(tree, "PB");
  info.white = InfoText(tree, "PW");
  info.result = InfoText(tree, "RE");
  return info;
}

SgfRules ReadSgfRules(const SgfGameInfo& info, const NamedRules& otherwise) {
  SgfRules rules = {otherwise, {}};
  const std::string_view name = info.rules;
  if (name.find_first_not_of(" \t\n") != std::string_view::npos) {
    if (const auto named = ParseRecordRules(name)) {
      rules.named = *named;
    } else {
      rules.notes.push_back(StrCat("RU is not understood: ", named.error(), "; taken as ",
                                   RulesName(otherwise.rules)));
    }
  }
  if (info.half_komi && std::abs(*info.half_komi) <= kMaxHalfKomi) {
    rules.named.rules.half_komi = *info.half_komi;
    if (!info.komi_exact) {
      rules.notes.push_back(StrCat("KM is ", SgfShown(info.komi), ", wanted points and halves; ",
                                   "taken as ", KomiText(*info.half_komi)));
    }
  } else if (info.komi.find_first_not_of(" \t\n") != std::string::npos) {
    rules.notes.push_back(StrCat("KM is ", SgfShown(info.komi), ", wanted a number from -",
                                 kMaxHalfKomi / 2, " to ", kMaxHalfKomi / 2, "; taken as ",
                                 KomiText(rules.named.rules.half_komi)));
  }
  if (info.lacks_handicap) {
    rules.notes.push_back(StrCat(
        "HA is ", info.handicap, ", but the record places no stones, and White begins; ",
        info.left_out.empty() ? "the board is taken as it is" : "they stand at the usual points"));
  }
  return rules;
}

NamedRules UsualSgfRules() { return ParseRulesName("chinese").value(); }

std::string SgfKomiText(int half_komi) {
  const std::string text = KomiText(half_komi);
  // Without a point it would be hundredths.
  return std::abs(half_komi) >= 200 && half_komi % 2 == 0 ? text + ".0" : text;
}

SgfTree SgfOfStart(const GoSetup& setup, std::string_view application, const std::string& rules) {
  const auto [rows, columns] = setup.shape;
  SgfTree tree;
  tree.Add(SgfNode::kNoNode);
  std::vector<SgfProperty>& root = tree.nodes[0].properties;
  root = {{"FF", {"4"}},
          {"GM", {"1"}},
          {"CA", {"UTF-8"}},
          {"AP", {std::string(application)}},
          {"SZ", {rows == columns ? StrCat(rows) : StrCat(columns, ":", rows)}},
          {"KM", {SgfKomiText(setup.rules.half_komi)}},
          {"RU", {SgfEscape(rules.empty() ? RulesName(setup.rules) : rules)}}};
  if (setup.handicap > 1) root.push_back({"HA", {StrCat(setup.handicap)}});
  for (const auto& [stone, name] : {std::pair('X', "AB"), std::pair('O', "AW")}) {
    std::vector<std::string> points;
    Action action = 0;
    for (const std::string& row : setup.diagram) {
      for (const char at : row) {
        if (at == stone) points.push_back(SgfPointText(action, setup.shape));
        ++action;
      }
    }
    if (!points.empty()) root.push_back({name, std::move(points)});
  }
  // Beside stones readers do not take Black for granted: next to Black's alone White moves first.
  const bool stones = tree.root().Find("AB") != nullptr || tree.root().Find("AW") != nullptr;
  const bool white = setup.to_move == Player::kSecond;
  if (stones || white) root.push_back({"PL", {white ? "W" : "B"}});
  return tree;
}

int AddSgfMove(SgfTree& tree, int node, Player player, Action action, BoardShape shape) {
  const int added = tree.Add(node);
  tree.nodes[static_cast<std::size_t>(added)].properties.push_back(
      {player == Player::kFirst ? "B" : "W", {SgfPointText(action, shape)}});
  return added;
}

}  // namespace tengen

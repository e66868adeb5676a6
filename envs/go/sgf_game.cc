#include "envs/go/sgf_game.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "envs/core/check.h"

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

// "19" or "9:7" (columns:rows). Some programs write "19x19" or "19 ".
Result<BoardShape> ParseSize(std::string_view value) {
  const Error error = {
      StrCat("board size ", SgfShown(value), ", wanted 1 to ", kMaxSgfSide, " or COLUMNS:ROWS")};
  std::string_view rest;
  const auto columns = LeadingNumber<int>(value, &rest);
  if (!columns) return error;
  std::optional<int> rows = columns;
  if (!rest.empty() && (rest[0] == ':' || rest[0] == 'x')) {
    rows = LeadingNumber<int>(rest.substr(1), &rest);
  }
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

// Follows one line of a record.
class Replayer {
 public:
  Replayer(const SgfTree& tree, const SgfGameInfo& info)
      : tree_(tree),
        replay_{SgfPosition(info.shape), 0, std::nullopt},
        handicap_(info.handicap > 1) {
    StartHere();
  }

  SgfReplay Run(const std::vector<int>& line, int moves) {
    for (const int index : line) {
      const SgfNode& node = tree_.nodes[static_cast<std::size_t>(index)];
      if (!Setup(node, index)) break;
      for (const SgfProperty& property : node.properties) {
        if (property.name != "B" && property.name != "W") continue;
        const Player player = property.name == "B" ? Player::kFirst : Player::kSecond;
        for (const std::string& value : property.values) {
          if (replay_.moves == moves || !Move(player, value, index)) return std::move(replay_);
        }
      }
    }
    return std::move(replay_);
  }

 private:
  SgfPosition& position() { return replay_.position; }

  bool Fail(SgfProblemKind kind, int move_number, int node, std::string what) {
    replay_.problem = {kind, move_number, node,
                       StrCat(kind == SgfProblemKind::kSetup ? "setup after move " : "move ",
                              move_number, ": ", what)};
    return false;
  }

  bool Move(Player player, std::string_view value, int node) {
    const BoardShape shape = position().board.shape();
    const int number = replay_.moves + 1;
    const char* name = player == Player::kFirst ? "Black" : "White";
    const auto action = ParseSgfPoint(value, shape);
    if (!action) return Fail(SgfProblemKind::kPoint, number, node, action.error());
    if (*action == shape.points()) {
      position().board.Pass();
    } else {
      GoBoard& board = position().board;
      const Point p = board.PointAt(*action / shape.columns, *action % shape.columns);
      const std::string where = StrCat(name, " at ", SgfPointText(*action, shape));
      if (board.At(p) != Cell::kEmpty) {
        return Fail(SgfProblemKind::kOccupied, number, node, where + " on a stone");
      }
      if (p == board.ko_point() && player == position().to_move) {
        return Fail(SgfProblemKind::kKo, number, node, where + " retakes the ko at once");
      }
      if (board.Classify(p, player) != GoBoard::PlayKind::kNormal) {
        return Fail(SgfProblemKind::kSuicide, number, node, where + " is suicide");
      }
      position().removed[static_cast<std::size_t>(Index(Opponent(player)))] +=
          board.Play(p, player);
    }
    position().moves.push_back({player, *action, node});
    position().to_move = Opponent(player);
    ++replay_.moves;
    return true;
  }

  // AB, AW, AE and PL.
  bool Setup(const SgfNode& node, int index) {
    const BoardShape shape = position().board.shape();
    std::vector<std::string> rows;
    bool black_only = true;
    for (const SgfProperty& property : node.properties) {
      if (property.name != "AB" && property.name != "AW" && property.name != "AE") continue;
      const auto points = ParseSgfPoints(property.values, shape);
      if (!points) return Fail(SgfProblemKind::kPoint, replay_.moves, index, points.error());
      if (points->empty()) continue;
      if (rows.empty()) rows = position().board.Rows();
      black_only = black_only && property.name == "AB";
      const char stone = property.name == "AB" ? 'X' : property.name == "AW" ? 'O' : '.';
      for (const Action point : *points) {
        rows[static_cast<std::size_t>(point / shape.columns)]
            [static_cast<std::size_t>(point % shape.columns)] = stone;
      }
    }
    if (!rows.empty()) {
      if (!Place(rows, index)) return false;
      // Black's handicap stones: White begins, unless PL says otherwise.
      if (replay_.moves == 0 && black_only && handicap_) position().to_move = Player::kSecond;
    }
    const std::string_view player = node.Value("PL");
    if (!player.empty()) {
      const bool black = player[0] == 'B' || player[0] == 'b' || player[0] == '1';
      position().to_move = black ? Player::kFirst : Player::kSecond;
    }
    if (!rows.empty() || !player.empty()) StartHere();
    return true;
  }

  bool Place(const std::vector<std::string>& rows, int node) {
    GoBoard board(position().board.shape());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t column = 0; column < rows[row].size(); ++column) {
        const char stone = rows[row][column];
        if (stone == '.') continue;
        board.Play(board.PointAt(static_cast<int>(row), static_cast<int>(column)),
                   stone == 'X' ? Player::kFirst : Player::kSecond);
      }
    }
    // Stones are taken off while they are put down only if some chain has no liberty in the end.
    if (board.removed(Player::kFirst) + board.removed(Player::kSecond) > 0) {
      return Fail(SgfProblemKind::kSetup, replay_.moves, node,
                  "a chain without liberties, wanted one liberty at least");
    }
    board.Pass();
    position().board = board;
    return true;
  }

  void StartHere() {
    position().diagram = position().board.Rows();
    position().first_to_move = position().to_move;
    position().moves.clear();
  }

  const SgfTree& tree_;
  SgfReplay replay_;
  const bool handicap_;
};

}  // namespace

std::string_view SgfProblemText(SgfProblemKind kind) {
  switch (kind) {
    case SgfProblemKind::kPoint:
      return "point";
    case SgfProblemKind::kOccupied:
      return "occupied";
    case SgfProblemKind::kSuicide:
      return "suicide";
    case SgfProblemKind::kKo:
      return "ko";
    case SgfProblemKind::kSetup:
      return "setup";
  }
  return "";
}

std::optional<int> ParseSgfKomi(std::string_view value) {
  std::string text(value);
  if (const std::size_t comma = text.find(','); comma != std::string::npos) text[comma] = '.';
  std::string_view rest;
  auto komi = LeadingNumber<double>(text, &rest);
  if (!komi || !(std::abs(*komi) <= 10000.0)) return std::nullopt;
  if (std::abs(*komi) >= 100.0 && text.find('.') == std::string::npos) *komi /= 100.0;
  const double quarters = std::abs(std::fmod(*komi, 0.5));
  if (std::abs(quarters - 0.25) < 1e-9) *komi *= 2.0;
  return static_cast<int>(std::lround(2.0 * *komi));
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
  info.half_komi = ParseSgfKomi(InfoText(tree, "KM"));
  info.handicap = LeadingNumber<int>(InfoText(tree, "HA"), &rest).value_or(0);
  info.rules = InfoText(tree, "RU");
  info.black = InfoText(tree, "PB");
  info.white = InfoText(tree, "PW");
  info.result = InfoText(tree, "RE");
  return info;
}

Result<SgfReplay> ReplaySgf(const SgfTree& tree, const std::vector<int>& line, int moves) {
  const auto info = ReadSgfGameInfo(tree);
  if (!info) return Error{info.error()};
  if (info->shape.rows > GoBoard::kMaxSide || info->shape.columns > GoBoard::kMaxSide) {
    return Error{StrCat("board of ", info->shape.columns, "x", info->shape.rows,
                        ", wanted at most ", GoBoard::kMaxSide, "x", GoBoard::kMaxSide)};
  }
  return Replayer(tree, *info).Run(line, moves);
}

SgfTree SgfOfStart(const GoSetup& setup, std::string_view application) {
  const auto [rows, columns] = setup.shape;
  SgfTree tree;
  tree.Add(SgfNode::kNoNode);
  std::vector<SgfProperty>& root = tree.nodes[0].properties;
  root = {{"FF", {"4"}},
          {"GM", {"1"}},
          {"CA", {"UTF-8"}},
          {"AP", {std::string(application)}},
          {"SZ", {rows == columns ? StrCat(rows) : StrCat(columns, ":", rows)}},
          {"KM", {KomiText(setup.rules.half_komi)}},
          {"RU", {SgfEscape(setup.rules.Text())}}};
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
  if (setup.to_move == Player::kSecond) root.push_back({"PL", {"W"}});
  return tree;
}

int AddSgfMove(SgfTree& tree, int node, Player player, Action action, BoardShape shape) {
  const int added = tree.Add(node);
  tree.nodes[static_cast<std::size_t>(added)].properties.push_back(
      {player == Player::kFirst ? "B" : "W", {SgfPointText(action, shape)}});
  return added;
}

}  // namespace tengen

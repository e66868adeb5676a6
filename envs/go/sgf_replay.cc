#include "envs/go/sgf_replay.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"
#include "envs/go/board_diagram.h"

namespace tengen {
namespace {

std::optional<Player> ReadTurn(std::string_view value) {
  const std::size_t first = value.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::nullopt;
  switch (value[first]) {
    case 'B':
    case 'b':
    case '1':
      return Player::kFirst;
    case 'W':
    case 'w':
    case '2':
      return Player::kSecond;
    default:
      return std::nullopt;
  }
}

bool IsStones(const SgfProperty& property) {
  return property.name == "AB" || property.name == "AW" || property.name == "AE";
}

bool IsMove(const SgfProperty& property) { return property.name == "B" || property.name == "W"; }

Player MoverOf(const SgfProperty& property) {
  return property.name == "B" ? Player::kFirst : Player::kSecond;
}

char& CellAt(std::vector<std::string>& rows, Action point, BoardShape shape) {
  return rows[static_cast<std::size_t>(point / shape.columns)]
             [static_cast<std::size_t>(point % shape.columns)];
}

bool HoldsBlackAlone(const std::vector<std::string>& rows) {
  bool black = false;
  for (const std::string& row : rows) {
    if (row.find('O') != std::string::npos) return false;
    black = black || row.find('X') != std::string::npos;
  }
  return black;
}

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
    case SgfProblemKind::kSuperko:
      return "superko";
    case SgfProblemKind::kSetup:
      return "setup";
  }
  return "";
}

Result<SgfFollower> SgfFollower::Start(const SgfTree& tree, const std::vector<int>& line) {
  auto info = ReadSgfGameInfo(tree);
  if (!info) return Error{info.error()};
  if (info->shape.rows > GoBoard::kMaxSide || info->shape.columns > GoBoard::kMaxSide) {
    return Error{StrCat("board of ", info->shape.columns, "x", info->shape.rows,
                        ", wanted at most ", GoBoard::kMaxSide, "x", GoBoard::kMaxSide)};
  }
  SgfFollower follower(tree, std::move(*info));
  follower.ReadSteps(line);
  if (!follower.info_.left_out.empty()) {
    std::vector<std::string> rows = follower.position_.board.Rows();
    for (const Action point : follower.info_.left_out) {
      CellAt(rows, point, follower.info_.shape) = 'X';
    }
    follower.position_.board = BoardOfDiagram(rows, follower.info_.shape);
  }
  follower.StartHere();
  follower.position_.setups = 0;
  (void)follower.SetUp();
  return follower;
}

SgfFollower::SgfFollower(const SgfTree& tree, SgfGameInfo info)
    : tree_(&tree),
      info_(std::move(info)),
      rules_(ReadSgfRules(info_, UsualSgfRules()).named.rules),
      position_(info_.shape) {}

void SgfFollower::ReadSteps(const std::vector<int>& line) {
  for (const int index : line) {
    const SgfNode& node = tree_->nodes[static_cast<std::size_t>(index)];
    const auto& properties = node.properties;
    if (std::any_of(properties.begin(), properties.end(), IsStones)) {
      steps_.push_back({StepKind::kStones, index, Player::kFirst, nullptr});
    }
    // PL beside a move of the other player says who goes on.
    const auto turn = ReadTurn(node.Value("PL"));
    const auto move = std::find_if(properties.begin(), properties.end(), IsMove);
    const bool behind = turn && move != properties.end() && MoverOf(*move) != *turn;
    if (turn && !behind) steps_.push_back({StepKind::kTurn, index, *turn, nullptr});
    for (const SgfProperty& property : properties) {
      if (!IsMove(property)) continue;
      for (const std::string& value : property.values) {
        steps_.push_back({StepKind::kMove, index, MoverOf(property), &value});
      }
    }
    if (behind) steps_.push_back({StepKind::kTurn, index, *turn, nullptr});
  }
}

bool SgfFollower::Next() {
  if (problem_ || next_ == steps_.size()) return false;
  if (!Move(steps_[next_])) return false;
  ++next_;
  told_.reset();
  (void)SetUp();
  return true;
}

// All setup before the next move. What a node leaves without liberties another may mend.
bool SgfFollower::SetUp() {
  std::optional<std::vector<std::string>> rows;
  std::size_t last = next_;
  for (; next_ < steps_.size() && steps_[next_].kind != StepKind::kMove; ++next_) {
    const Step& step = steps_[next_];
    if (step.kind == StepKind::kTurn) {
      told_ = step.player;
      continue;
    }
    if (!rows) rows = position_.board.Rows();
    if (!PlaceStones(step.node, *rows)) return false;
    last = next_;
  }
  const bool placed = rows && *rows != position_.board.Rows();
  if (placed) {
    const std::size_t behind = std::exchange(next_, last);  // where a problem would be
    if (!Place(*rows, steps_[last].node)) return false;
    next_ = behind;
  }
  position_.to_move = NextToMove(moves_ == 0);
  if (placed) {
    StartHere();
  } else if (position_.moves.empty()) {
    position_.first_to_move = position_.to_move;
  }
  return true;
}

Player SgfFollower::NextToMove(bool at_start) const {
  if (told_) return *told_;
  if (next_ < steps_.size()) return steps_[next_].player;
  if (!at_start) return position_.to_move;
  return HoldsBlackAlone(position_.board.Rows()) ? Player::kSecond : Player::kFirst;
}

// AB, AW and AE of a node. False on a problem.
bool SgfFollower::PlaceStones(int node, std::vector<std::string>& rows) {
  for (const SgfProperty& property : tree_->nodes[static_cast<std::size_t>(node)].properties) {
    if (!IsStones(property)) continue;
    const auto points = ParseSgfPoints(property.values, info_.shape);
    if (!points) return Fail(SgfProblemKind::kPoint, node, points.error());
    const char stone = property.name == "AB" ? 'X' : property.name == "AW" ? 'O' : '.';
    for (const Action point : *points) CellAt(rows, point, info_.shape) = stone;
  }
  return true;
}

bool SgfFollower::Place(const std::vector<std::string>& rows, int node) {
  const GoBoard board = BoardOfDiagram(rows, info_.shape);
  if (board.removed(Player::kFirst) + board.removed(Player::kSecond) > 0) {
    return Fail(SgfProblemKind::kSetup, node,
                "a chain without liberties, wanted one liberty at least");
  }
  position_.board = board;
  return true;
}

bool SgfFollower::Move(const Step& step) {
  const auto action = ParseSgfPoint(*step.value, info_.shape);
  if (!action) return Fail(SgfProblemKind::kPoint, step.node, action.error());
  ++moves_;
  if (*action == info_.shape.points()) {
    position_.board.Pass();
    if (rules_.ko == KoRule::kSituational) (void)IsRepetition(Opponent(step.player));
  } else {
    Put(step, *action);
  }
  last_move_ = {step.player, *action, step.node};
  position_.moves.push_back(last_move_);
  position_.to_move = Opponent(step.player);
  return true;
}

void SgfFollower::Put(const Step& step, Action action) {
  GoBoard& board = position_.board;
  const Player player = step.player;
  const Point p = board.PointAt(action / info_.shape.columns, action % info_.shape.columns);
  const std::string where = StrCat(player == Player::kFirst ? "Black" : "White", " at ",
                                   SgfPointText(action, info_.shape));
  const bool repeats_player = !position_.moves.empty() && position_.moves.back().player == player;
  const bool ko = p == board.ko_point() && !repeats_player;
  if (board.At(p) != Cell::kEmpty) {
    Note(SgfProblemKind::kOccupied, step.node, where + " on a stone");
    std::vector<std::string> rows = board.Rows();
    CellAt(rows, action, info_.shape) = '.';
    board = BoardOfDiagram(rows, info_.shape);
  } else if (ko) {
    Note(SgfProblemKind::kKo, step.node, where + " retakes the ko at once");
  }
  const GoBoard::PlayKind kind = board.Classify(p, player);
  if (kind == GoBoard::PlayKind::kSingleSuicide ||
      (kind == GoBoard::PlayKind::kMultiSuicide && rules_.suicide == SuicideRule::kNone)) {
    Note(SgfProblemKind::kSuicide, step.node, where + " is suicide");
  }
  const std::array<int, 2> before = {board.removed(Player::kFirst), board.removed(Player::kSecond)};
  board.Play(p, player);
  for (const Player owner : {Player::kFirst, Player::kSecond}) {
    const auto side = static_cast<std::size_t>(Index(owner));
    position_.removed[side] += board.removed(owner) - before[side];
  }
  const bool repeated = IsRepetition(Opponent(player));
  if (repeated && !ko && kind != GoBoard::PlayKind::kSingleSuicide) {
    Note(SgfProblemKind::kSuperko, step.node, where + " repeats a position");
  }
}

// Whether the rules count the position as met before; remembers it.
bool SgfFollower::IsRepetition(Player next) {
  constexpr std::uint64_t kSecondToMove = 0x5bd1e995a3c59ac3ULL;
  if (rules_.ko == KoRule::kSimple) return false;
  const bool marked = rules_.ko == KoRule::kSituational && next == Player::kSecond;
  return !seen_.insert(position_.board.hash() ^ (marked ? kSecondToMove : 0)).second;
}

void SgfFollower::StartHere() {
  position_.diagram = position_.board.Rows();
  position_.first_to_move = position_.to_move;
  position_.moves.clear();
  ++position_.setups;
  seen_.clear();
  (void)IsRepetition(position_.to_move);
}

void SgfFollower::Note(SgfProblemKind kind, int node, const std::string& what) {
  notes_.push_back({kind, moves_, node, StrCat("move ", moves_, ": ", what)});
}

bool SgfFollower::Fail(SgfProblemKind kind, int node, const std::string& what) {
  const bool setup = next_ >= steps_.size() || steps_[next_].kind == StepKind::kStones;
  const int number = setup ? moves_ : moves_ + 1;
  problem_ = {kind, number, node,
              StrCat(setup ? "setup after move " : "move ", number, ": ", what)};
  return false;
}

Result<SgfReplay> ReplaySgf(const SgfTree& tree, const std::vector<int>& line, int moves) {
  auto follower = SgfFollower::Start(tree, line);
  if (!follower) return Error{follower.error()};
  while (follower->moves() < moves && follower->Next()) {
  }
  return SgfReplay{follower->info(), follower->position(), follower->moves(), follower->notes(),
                   follower->problem()};
}

}  // namespace tengen

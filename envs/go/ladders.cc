#include "envs/go/ladders.h"

#include <algorithm>

#include "envs/core/check.h"

namespace tengen {
namespace {

Player PlayerOf(Cell cell) { return cell == Cell::kFirst ? Player::kFirst : Player::kSecond; }

bool IsPlayable(const GoBoard& board, Point p, Player player) {
  return p != board.ko_point() && board.Classify(p, player) == GoBoard::PlayKind::kNormal;
}

bool AreNeighbours(const GoBoard& board, Point a, Point b) {
  const auto around = board.Neighbours(a);
  return std::find(around.begin(), around.end(), b) != around.end();
}

// Whether a play of `player` at the empty point p would take a ko: it stands between the opponent's
// stones alone and takes one single stone.
bool TakesKo(const GoBoard& board, Point p, Player player) {
  if (board.WallNeighbours(p, Opponent(player)) != 4) return false;
  int taken = 0;
  for (const Point q : board.Neighbours(p)) {
    if (board.IsGuard(q) || board.Liberties(q) > 1) continue;
    if (board.ChainSize(q) > 1) return false;
    ++taken;
  }
  return taken == 1;
}

int LibertiesAfter(const GoBoard& board, Point p, Player player) {
  GoBoard next = board;
  next.Play(p, player);
  return next.At(p) == CellOf(player) ? next.Liberties(p) : 0;
}

// Liberties that a play at p surely has or may have at most, without making it.
struct Bounds {
  int low = 0;
  int high = 0;
};
Bounds LibertyBounds(const GoBoard& board, Point p, Player player) {
  int captures = 0, captured_stones = 0, joined = 0, most_joined = 0;
  for (const Point q : board.Neighbours(p)) {
    if (board.At(q) == CellOf(player)) {
      joined += board.Liberties(q) - 1;
      most_joined = std::max(most_joined, board.Liberties(q) - 1);
    } else if (board.At(q) == CellOf(Opponent(player)) && board.Liberties(q) == 1) {
      ++captures;
      captured_stones += board.ChainSize(q);
    }
  }
  const int empty = board.EmptyNeighbours(p);
  return {captures + std::max(empty, most_joined), empty + captured_stones + joined};
}

}  // namespace

void LadderReader::Begin(const GoBoard& board, Point stone) {
  stone_ = stone;
  owner_ = PlayerOf(board.At(stone));
  max_depth_ = board.shape().points() * 3 / 2;
  plays_.clear();
  plays_made_ = 0;
  if (boards_.empty()) {
    boards_.push_back(board);
  } else {
    boards_[0] = board;
  }
}

bool LadderReader::IsTaken(const GoBoard& board, Point stone) {
  TENGEN_DCHECK(board.Liberties(stone) == 1, "chain of ", board.Liberties(stone),
                " liberties, wanted 1");
  Begin(board, stone);
  boards_[0].Pass();  // no ko bans the owner at the start
  return TakenOnOwnersTurn(0);
}

std::array<Point, 2> LadderReader::StartingMoves(const GoBoard& board, Point stone) {
  TENGEN_DCHECK(board.Liberties(stone) == 2, "chain of ", board.Liberties(stone),
                " liberties, wanted 2");
  plays_.clear();
  AddLiberties(board, stone, 0);
  const std::array<Point, 2> liberties = {plays_[0], plays_[1]};
  const Player attacker = Opponent(PlayerOf(board.At(stone)));
  std::array<Point, 2> moves = {kNoPoint, kNoPoint};
  std::size_t count = 0;
  for (const Point p : liberties) {
    if (!IsPlayable(board, p, attacker)) continue;
    Begin(board, stone);
    boards_[0].Play(p, attacker);
    boards_[0].Pass();
    if (TakenOnOwnersTurn(0)) moves[count++] = p;
  }
  return moves;
}

std::vector<Ladder> LadderReader::FindAll(const GoBoard& board) {
  std::vector<Ladder> ladders;
  for (int row = 0; row < board.shape().rows; ++row) {
    for (int column = 0; column < board.shape().columns; ++column) {
      const Point p = board.PointAt(row, column);
      if (board.At(p) == Cell::kEmpty || board.Head(p) != p || board.Liberties(p) > 2) continue;
      Ladder ladder{p, PlayerOf(board.At(p))};
      if (board.Liberties(p) == 1) {
        if (IsTaken(board, p)) ladders.push_back(ladder);
        continue;
      }
      ladder.moves = StartingMoves(board, p);
      if (ladder.moves[0] != kNoPoint) ladders.push_back(ladder);
    }
  }
  return ladders;
}

bool LadderReader::TakenOnOwnersTurn(int depth) {
  const GoBoard& board = BoardAt(depth);
  if (depth >= max_depth_) return true;
  if (board.Liberties(stone_) >= 2 || board.ko_point() != kNoPoint) return false;
  const std::size_t first = plays_.size();
  AddLiberties(board, stone_, first);
  AddCaptures(board, first);
  const Bounds bounds = LibertyBounds(board, plays_[first], owner_);
  bool taken = bounds.low < 3;
  const bool hopeless = plays_.size() == first + 1 && bounds.high <= 1;
  // Captures first, the last liberty at the end.
  for (std::size_t i = plays_.size(); taken && !hopeless && i > first; --i) {
    const Point p = plays_[i - 1];
    if (!IsPlayable(board, p, owner_)) continue;
    taken = TryPlay(depth, p, owner_) && TakenOnAttackersTurn(depth + 1);
  }
  plays_.resize(first);
  return taken;
}

bool LadderReader::TakenOnAttackersTurn(int depth) {
  const GoBoard& board = BoardAt(depth);
  if (depth >= max_depth_) return true;
  if (board.Liberties(stone_) != 2) return board.Liberties(stone_) < 2;
  const std::size_t first = plays_.size();
  AddLiberties(board, stone_, first);
  std::array<Point, 2> plays = {plays_[first], plays_[first + 1]};
  plays_.resize(first);
  if (IsDoubleKo(board, plays[0], plays[1])) return true;
  // First where the owner would gain most.
  if (board.EmptyNeighbours(plays[1]) > board.EmptyNeighbours(plays[0])) {
    std::swap(plays[0], plays[1]);
  }
  const Player attacker = Opponent(owner_);
  const bool apart = !AreNeighbours(board, plays[0], plays[1]);
  for (const int i : {0, 1}) {
    const Point p = plays[static_cast<std::size_t>(i)];
    // Filling one liberty leaves the owner three by the other.
    const Point other = plays[static_cast<std::size_t>(1 - i)];
    if (apart && board.EmptyNeighbours(other) >= 3) continue;
    if (!IsPlayable(board, p, attacker)) continue;
    if (TryPlay(depth, p, attacker) && TakenOnOwnersTurn(depth + 1)) return true;
  }
  return false;
}

// Makes the play on the board of the next depth. False if there were too many plays already, which
// makes every node above say "free".
bool LadderReader::TryPlay(int depth, Point p, Player player) {
  if (++plays_made_ > kMaxPlays) return false;
  const auto next = static_cast<std::size_t>(depth) + 1;
  if (boards_.size() <= next) {
    boards_.push_back(BoardAt(depth));
  } else {
    boards_[next] = BoardAt(depth);
  }
  boards_[next].Play(p, player);
  return true;
}

bool LadderReader::IsDoubleKo(const GoBoard& board, Point a, Point b) const {
  const Player attacker = Opponent(owner_);
  if (!TakesKo(board, a, attacker) || !TakesKo(board, b, attacker)) return false;
  if (LibertiesAfter(board, a, owner_) > 2 || LibertiesAfter(board, b, owner_) > 2) return false;
  Point stone = stone_;
  do {
    for (const Point q : board.Neighbours(stone)) {
      if (board.At(q) == CellOf(attacker) && board.Liberties(q) == 1) return false;
    }
    stone = board.NextStone(stone);
  } while (stone != stone_);
  return true;
}

// Appends the chain's liberties, less those that plays_[first ..] has already.
void LadderReader::AddLiberties(const GoBoard& board, Point stone, std::size_t first) {
  Point at = stone;
  do {
    for (const Point q : board.Neighbours(at)) {
      if (board.At(q) != Cell::kEmpty) continue;
      const auto begin = plays_.begin() + static_cast<std::ptrdiff_t>(first);
      const auto known = std::find(begin, plays_.end(), q);
      if (known == plays_.end()) plays_.push_back(q);
    }
    at = board.NextStone(at);
  } while (at != stone);
}

// Appends the plays that take an attacking chain which touches the chain.
void LadderReader::AddCaptures(const GoBoard& board, std::size_t first) {
  const Cell attackers = CellOf(Opponent(owner_));
  Point at = stone_;
  do {
    for (const Point q : board.Neighbours(at)) {
      if (board.At(q) == attackers && board.Liberties(q) == 1) AddLiberties(board, q, first);
    }
    at = board.NextStone(at);
  } while (at != stone_);
}

}  // namespace tengen

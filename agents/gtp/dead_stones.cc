#include "agents/gtp/dead_stones.h"

namespace tengen {
namespace {

constexpr float kDeadBelow = -0.4F;  // mean ownership of a dead chain, view of its owner

}  // namespace

std::vector<Point> ChainAt(const GoBoard& board, Point p) {
  std::vector<Point> stones;
  const Point start = p;
  do {
    stones.push_back(p);
    p = board.NextStone(p);
  } while (p != start);
  return stones;
}

std::vector<Point> ChainHeads(const GoGame& game, const GoBoard& board) {
  std::vector<Point> heads;
  for (Action action = 0; action < game.pass(); ++action) {
    const Point p = game.PointOf(action);
    if (board.At(p) != Cell::kEmpty && board.Head(p) == p) heads.push_back(p);
  }
  return heads;
}

std::vector<Point> ChainsOfOthers(const GoGame& game, const GoBoard& board,
                                  std::span<const float> black) {
  std::vector<Point> dead;
  for (const Point head : ChainHeads(game, board)) {
    const std::vector<Point> stones = ChainAt(board, head);
    float mean = 0.0F;
    for (const Point p : stones) {
      mean += black[static_cast<std::size_t>(game.ActionOf(p))] / static_cast<float>(stones.size());
    }
    if (board.At(head) == Cell::kSecond) mean = -mean;
    if (mean < kDeadBelow) dead.insert(dead.end(), stones.begin(), stones.end());
  }
  return dead;
}

}  // namespace tengen

#include "agents/alphago/local_patterns.h"

#include <algorithm>

namespace tengen {
namespace {

constexpr std::uint32_t kOrthogonalMask = 0xFFF;

std::uint32_t Colour(PointClass c) {
  const auto index = static_cast<std::uint32_t>(c);
  return index < 2 ? index : (index < 5 ? 2U : 3U);
}

PatternCode Turn(PatternCode code) {
  const std::uint32_t straight = code & kOrthogonalMask;
  const std::uint32_t corners = code >> 12;
  return ((straight << 3 | straight >> 9) & kOrthogonalMask) |
         ((corners << 2 | corners >> 6) & 0xFF) << 12;
}

// Left and right change places: neighbours 2 and 6, 1 and 7, 3 and 5.
PatternCode Mirror(PatternCode code) {
  const auto straight = [code](int i) { return code >> (3 * i) & 7; };
  const auto corner = [code](int i) { return code >> (12 + 2 * i) & 3; };
  return straight(0) | straight(3) << 3 | straight(2) << 6 | straight(1) << 9 | corner(3) << 12 |
         corner(2) << 14 | corner(1) << 16 | corner(0) << 18;
}

constexpr int TurnPlace(int place) { return place < 8 ? (place + 2) % 8 : 8 + (place - 8 + 1) % 4; }
constexpr int MirrorPlace(int place) {
  return place < 8 ? (8 - place) % 8 : 8 + (4 - (place - 8)) % 4;
}

template <typename MovePlace>
ResponseCode MovePlaces(ResponseCode code, MovePlace move) {
  ResponseCode moved = code & 3U << 24;
  for (int place = 0; place < kResponsePlaces; ++place) {
    moved |= (code >> (2 * place) & 3) << (2 * move(place));
  }
  return WithPlace(moved, move(static_cast<int>(code >> 26)));
}

template <typename Code, typename TurnCode, typename MirrorCode>
std::array<Code, 8> AllSymmetric(Code code, TurnCode turn, MirrorCode mirror) {
  std::array<Code, 8> all{};
  for (std::size_t i = 0; i < 4; ++i) {
    all[i] = code;
    all[i + 4] = mirror(code);
    code = turn(code);
  }
  return all;
}

// Whether the chains together have two liberties besides `taken`.
bool HaveTwoLiberties(const GoBoard& board, std::span<const Point> heads, Point taken,
                      Point known_liberty) {
  Point first = known_liberty;
  for (const Point head : heads) {
    Point stone = head;
    do {
      for (const Point q : board.Neighbours(stone)) {
        if (board.At(q) != Cell::kEmpty || q == taken || q == first) continue;
        if (first != kNoPoint) return true;
        first = q;
      }
      stone = board.NextStone(stone);
    } while (stone != head);
  }
  return false;
}

}  // namespace

PointClass ClassOf(const GoBoard& board, Point p) {
  if (board.IsGuard(p)) return PointClass::kEdge;
  const Cell cell = board.At(p);
  if (cell == Cell::kEmpty) return PointClass::kEmpty;
  const int liberties = std::min(board.Liberties(p), 3);
  return static_cast<PointClass>((cell == Cell::kFirst ? 1 : 4) + liberties);
}

PatternCode PatternOf(const std::array<PointClass, 8>& around) {
  PatternCode code = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    code |= static_cast<PatternCode>(around[2 * i]) << (3 * i);
    code |= Colour(around[2 * i + 1]) << (12 + 2 * i);
  }
  return code;
}

PatternCode PatternAt(const GoBoard& board, Point p) {
  const int s = board.stride();
  return PatternOf({ClassOf(board, p - s), ClassOf(board, p - s + 1), ClassOf(board, p + 1),
                    ClassOf(board, p + s + 1), ClassOf(board, p + s), ClassOf(board, p + s - 1),
                    ClassOf(board, p - 1), ClassOf(board, p - s - 1)});
}

PatternCode SwapPlayers(PatternCode code) {
  PatternCode swapped = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t straight = code >> (3 * i) & 7;
    swapped |= (straight < 2 ? straight : (straight < 5 ? straight + 3 : straight - 3)) << (3 * i);
    const std::uint32_t corner = code >> (12 + 2 * i) & 3;
    swapped |= (corner < 2 ? corner : 5 - corner) << (12 + 2 * i);
  }
  return swapped;
}

std::array<PatternCode, 8> Symmetric(PatternCode code) { return AllSymmetric(code, Turn, Mirror); }

PatternCode Canonical(PatternCode code) {
  const auto all = Symmetric(code);
  return *std::min_element(all.begin(), all.end());
}

ResponseCode ResponseAround(const GoBoard& board, Point last, Player to_move) {
  ResponseCode code = static_cast<ResponseCode>(std::min(board.Liberties(last), 3)) << 24;
  for (int place = 0; place < kResponsePlaces; ++place) {
    const Point q = ResponsePoint(board, last, place);
    std::uint32_t cell = 1;
    if (q != kNoPoint) {
      const Cell here = board.At(q);
      cell = here == Cell::kEmpty ? 0 : (here == CellOf(to_move) ? 2 : 3);
    }
    code |= cell << (2 * place);
  }
  return code;
}

std::array<ResponseCode, 8> SymmetricResponses(ResponseCode code) {
  return AllSymmetric(
      code, [](ResponseCode c) { return MovePlaces(c, TurnPlace); },
      [](ResponseCode c) { return MovePlaces(c, MirrorPlace); });
}

ResponseCode CanonicalResponse(ResponseCode code) {
  const auto all = SymmetricResponses(code);
  return *std::min_element(all.begin(), all.end());
}

Point ResponsePoint(const GoBoard& board, Point last, int place) {
  const int s = board.stride();
  const std::array<int, 8> near = {-s, -s + 1, 1, s + 1, s, s - 1, -1, -s - 1};
  if (place < 8) {
    const Point p = last + near[static_cast<std::size_t>(place)];
    return board.IsGuard(p) ? kNoPoint : p;
  }
  // A guard stands between the sides of the board, so the way there goes over the neighbour.
  const Point step = near[static_cast<std::size_t>(2 * (place - 8))];
  if (board.IsGuard(last + step) || board.IsGuard(last + 2 * step)) return kNoPoint;
  return last + 2 * step;
}

Tactics TacticsOf(const GoBoard& board, Point p, Player player) {
  const Cell mine = CellOf(player);
  std::array<Point, 4> own{};  // heads of own chains with fewer than three liberties
  std::array<Point, 4> theirs{};
  std::size_t own_count = 0;
  std::size_t their_count = 0;
  Tactics tactics;
  int own_stones = 0;
  int in_atari = 0;
  bool safe = false;
  Point liberty = kNoPoint;
  for (const Point q : board.Neighbours(p)) {
    const Cell cell = board.At(q);
    if (cell == Cell::kEmpty) {
      safe |= liberty != kNoPoint;
      liberty = q;
    }
    if (cell == Cell::kEmpty || board.IsGuard(q)) continue;
    const int liberties = board.Liberties(q);
    auto& heads = cell == mine ? own : theirs;
    auto& count = cell == mine ? own_count : their_count;
    if (cell == mine && liberties > 2) safe = true;
    if (liberties > (cell == mine ? 2 : 1)) continue;
    const auto end = heads.begin() + static_cast<std::ptrdiff_t>(count);
    if (std::find(heads.begin(), end, board.Head(q)) != end) continue;
    heads[count++] = board.Head(q);
    if (cell != mine) {
      tactics.taken += board.ChainSize(q);
      continue;
    }
    own_stones += board.ChainSize(q);
    if (liberties == 1) in_atari += board.ChainSize(q);
  }
  safe = safe || tactics.taken > 0 ||
         HaveTwoLiberties(board, std::span(own).first(own_count), p, liberty);
  (safe ? tactics.extended : tactics.self_atari) = safe ? in_atari : own_stones + 1;
  return tactics;
}

Point OnlyLiberty(const GoBoard& board, Point stone) {
  const Point head = stone;
  do {
    for (const Point q : board.Neighbours(stone)) {
      if (board.At(q) == Cell::kEmpty) return q;
    }
    stone = board.NextStone(stone);
  } while (stone != head);
  return kNoPoint;
}

}  // namespace tengen

#include "envs/go/board.h"

#include <algorithm>

#include "envs/core/check.h"
#include "envs/core/rng.h"

namespace tengen {
namespace {

constexpr auto MakeZobrist() {
  std::array<std::array<std::uint64_t, 2>, GoBoard::kMaxSlots> table{};
  std::uint64_t seed = 0x676f'626f'6172'6400ULL;
  for (auto& point : table) {
    for (std::uint64_t& key : point) key = Mix64(++seed);
  }
  return table;
}

constexpr auto kZobrist = MakeZobrist();

std::uint64_t Zobrist(Point p, Player player) {
  return kZobrist[static_cast<std::size_t>(p)][static_cast<std::size_t>(Index(player))];
}

// Packed neighbour counts, see PointData::neighbours. Sums wrap around harmlessly.
constexpr std::uint16_t kOneEmpty = 1U << 8;
constexpr std::uint16_t kOneGuard = (1U << 4) + 1U;
constexpr std::uint16_t kPlaced[2] = {static_cast<std::uint16_t>(1U - kOneEmpty),
                                      static_cast<std::uint16_t>((1U << 4) - kOneEmpty)};

void Add(std::uint16_t& sum, std::uint16_t delta) { sum = static_cast<std::uint16_t>(sum + delta); }

}  // namespace

GoBoard::GoBoard(BoardShape shape) : shape_(shape), stride_(shape.columns + 1) {
  TENGEN_CHECK(
      shape.rows >= 1 && shape.rows <= kMaxSide && shape.columns >= 1 && shape.columns <= kMaxSide,
      "board of ", shape.rows, "x", shape.columns, ", wanted sides from 1 to ", kMaxSide);
  for (std::size_t i = 0; i < slots(); ++i) {
    points_[i] = {.neighbours = 0, .cell = kGuard, .ever = 0, .chain = 0, .link = 0};
    chains_[i] = {.hash = 0, .liberties = 0, .size = 0};
  }
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column) {
      const Point p = PointAt(row, column);
      points_[Slot(p)].cell = Cell::kEmpty;
      points_[Slot(p)].link = static_cast<std::uint16_t>(empty_count_);
      empty_[Slot(empty_count_++)] = static_cast<std::uint16_t>(p);
    }
  }
  for (int i = 0; i < empty_count_; ++i) {
    const Point p = empty_[Slot(i)];
    for (const Point q : Neighbours(p)) {
      Add(points_[Slot(p)].neighbours, IsGuard(q) ? kOneGuard : kOneEmpty);
    }
  }
}

void GoBoard::CopyUsed(const GoBoard& other) {
  shape_ = other.shape_;
  stride_ = other.stride_;
  empty_count_ = other.empty_count_;
  ko_point_ = other.ko_point_;
  removed_ = other.removed_;
  hash_ = other.hash_;
  std::copy_n(other.points_.data(), slots(), points_.data());
  std::copy_n(other.chains_.data(), slots(), chains_.data());
  std::copy_n(other.empty_.data(), empty_count_, empty_.data());
}

bool GoBoard::HasEyeDiagonals(Point p, Player player) const {
  const Cell theirs = CellOf(Opponent(player));
  int enemies = 0;
  bool at_edge = false;
  for (const Point q : {p - stride_ - 1, p - stride_ + 1, p + stride_ - 1, p + stride_ + 1}) {
    enemies += At(q) == theirs ? 1 : 0;
    at_edge |= IsGuard(q);
  }
  return enemies + (at_edge ? 1 : 0) < 2;
}

GoBoard::PlayKind GoBoard::Classify(Point p, Player player) const {
  if (EmptyNeighbours(p) > 0) return PlayKind::kNormal;
  const Cell mine = CellOf(player);
  const Cell theirs = CellOf(Opponent(player));
  bool joins = false;
  for (const Point q : Neighbours(p)) {
    const PointData& neighbour = points_[Slot(q)];
    const int liberties = chains_[neighbour.chain].liberties;
    if (neighbour.cell == theirs && liberties == 1) return PlayKind::kNormal;
    if (neighbour.cell == mine && liberties > 1) return PlayKind::kNormal;
    joins |= neighbour.cell == mine;
  }
  return joins ? PlayKind::kMultiSuicide : PlayKind::kSingleSuicide;
}

std::uint64_t GoBoard::HashAfter(Point p, Player player, PlayKind kind) const {
  const bool suicide = kind == PlayKind::kMultiSuicide;
  const Cell taken_off = CellOf(suicide ? player : Opponent(player));
  std::uint64_t hash = suicide ? hash_ : hash_ ^ Zobrist(p, player);
  std::array<Point, 4> seen = {kNoPoint, kNoPoint, kNoPoint, kNoPoint};
  std::size_t count = 0;
  for (const Point q : Neighbours(p)) {
    const PointData& neighbour = points_[Slot(q)];
    if (neighbour.cell != taken_off || chains_[neighbour.chain].liberties != 1) continue;
    if (std::find(seen.begin(), seen.begin() + count, neighbour.chain) != seen.begin() + count) {
      continue;
    }
    seen[count++] = neighbour.chain;
    hash ^= chains_[neighbour.chain].hash;
  }
  return hash;
}

int GoBoard::Play(Point p, Player player) {
  PointData& here = points_[Slot(p)];
  TENGEN_DCHECK(here.cell == Cell::kEmpty, "play at point ", p, " that is not empty");

  // 1. Put the stone down.
  const std::uint16_t last = empty_[Slot(--empty_count_)];
  empty_[here.link] = last;
  points_[last].link = here.link;
  here.cell = CellOf(player);
  here.ever = static_cast<std::uint8_t>(here.ever | (1U << Index(player)));
  hash_ ^= Zobrist(p, player);
  for (const Point q : Neighbours(p)) Add(points_[Slot(q)].neighbours, kPlaced[Index(player)]);

  // 2. Chains around it, of either colour, lose a liberty; own ones become one.
  ChangeLibertiesAround<-1>(p);
  Join(p, player);

  // 3. Take off what has no liberty left.
  const Cell theirs = CellOf(Opponent(player));
  int taken = 0;
  for (const Point q : Neighbours(p)) {
    if (At(q) == theirs && Liberties(q) == 0) taken += RemoveChain(q, Opponent(player));
  }
  const ChainData& own = chains_[here.chain];
  ko_point_ =
      taken == 1 && own.size == 1 && own.liberties == 1 ? empty_[Slot(empty_count_ - 1)] : kNoPoint;
  if (own.liberties == 0) taken = RemoveChain(p, player);
  return taken;
}

// Each distinct chain around p gains or loses the liberty p. Places without a stone name chain 0.
template <int kChange>
void GoBoard::ChangeLibertiesAround(Point p) {
  const std::uint16_t a = points_[Slot(p - stride_)].chain;
  const std::uint16_t b = points_[Slot(p - 1)].chain;
  const std::uint16_t c = points_[Slot(p + 1)].chain;
  const std::uint16_t d = points_[Slot(p + stride_)].chain;
  const auto change = [this](std::uint16_t chain, bool distinct) {
    Add(chains_[chain].liberties, static_cast<std::uint16_t>(distinct ? kChange : 0));
  };
  change(a, true);
  change(b, b != a);
  change(c, c != a && c != b);
  change(d, d != a && d != b && d != c);
}

// Makes the new stone at p part of the chains of its colour around it, or a chain of its own.
void GoBoard::Join(Point p, Player player) {
  const Cell mine = CellOf(player);
  Point largest = kNoPoint;
  for (const Point q : Neighbours(p)) {
    if (At(q) != mine) continue;
    if (largest == kNoPoint || ChainSize(q) > chains_[Slot(largest)].size) largest = Head(q);
  }
  PointData& here = points_[Slot(p)];
  if (largest == kNoPoint) {
    here.chain = here.link = static_cast<std::uint16_t>(p);
    chains_[Slot(p)] = {.hash = Zobrist(p, player),
                        .liberties = static_cast<std::uint16_t>(EmptyNeighbours(p)),
                        .size = 1};
    return;
  }
  AddToChain(p, largest);
  here.link = points_[Slot(largest)].link;
  points_[Slot(largest)].link = static_cast<std::uint16_t>(p);
  ChainData& chain = chains_[Slot(largest)];
  chain.hash ^= Zobrist(p, player);
  Add(chain.size, 1);
  for (const Point q : Neighbours(p)) {
    if (At(q) == mine && Head(q) != largest) Merge(Head(q), largest);
  }
}

// Labels one stone, and counts those of its liberties that the chain did not have before.
void GoBoard::AddToChain(Point p, Point head) {
  int gained = 0;
  for (const Point q : Neighbours(p)) {
    if (At(q) != Cell::kEmpty) continue;
    const bool known = Head(q - stride_) == head || Head(q - 1) == head || Head(q + 1) == head ||
                       Head(q + stride_) == head;
    gained += known ? 0 : 1;
  }
  points_[Slot(p)].chain = static_cast<std::uint16_t>(head);
  Add(chains_[Slot(head)].liberties, static_cast<std::uint16_t>(gained));
}

void GoBoard::Merge(Point from, Point into) {
  Point stone = from;
  do {
    AddToChain(stone, into);
    stone = NextStone(stone);
  } while (stone != from);
  std::swap(points_[Slot(from)].link, points_[Slot(into)].link);
  chains_[Slot(into)].hash ^= chains_[Slot(from)].hash;
  Add(chains_[Slot(into)].size, chains_[Slot(from)].size);
}

int GoBoard::RemoveChain(Point p, Player owner) {
  const Point head = Head(p);
  const int size = chains_[Slot(head)].size;
  hash_ ^= chains_[Slot(head)].hash;
  removed_[Slot(Index(owner))] += size;
  const auto lifted = static_cast<std::uint16_t>(-kPlaced[Index(owner)]);
  Point stone = head;
  do {
    PointData& here = points_[Slot(stone)];
    const Point next = here.link;
    here.cell = Cell::kEmpty;
    here.chain = 0;
    here.link = static_cast<std::uint16_t>(empty_count_);
    empty_[Slot(empty_count_++)] = static_cast<std::uint16_t>(stone);
    for (const Point q : Neighbours(stone)) Add(points_[Slot(q)].neighbours, lifted);
    // Reaches stones of this chain too, whose count no longer matters.
    ChangeLibertiesAround<1>(stone);
    stone = next;
  } while (stone != head);
  return size;
}

std::vector<std::string> GoBoard::Rows() const {
  std::vector<std::string> rows(static_cast<std::size_t>(shape_.rows));
  for (int row = 0; row < shape_.rows; ++row) {
    for (int column = 0; column < shape_.columns; ++column) {
      rows[static_cast<std::size_t>(row)] += ".XO"[static_cast<int>(At(PointAt(row, column)))];
    }
  }
  return rows;
}

std::string GoBoard::Text() const {
  std::string text;
  for (const std::string& row : Rows()) text += row + '\n';
  return text;
}

}  // namespace tengen

#include "experiments/bench/board_bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <utility>

#include "envs/core/rng.h"
#include "envs/go/benson.h"
#include "envs/go/go_game.h"
#include "envs/go/ladders.h"
#include "envs/go/scoring.h"
#include "experiments/bench/outside_board.h"

namespace tengen {
namespace {

constexpr int kRounds = 5;

std::shared_ptr<const GoGame> MakeSquare(int size) {
  GoSetup setup;
  setup.shape = {size, size};
  return GoGame::Make(std::move(setup)).value();
}

double Seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool IsCandidate(const GoState& state, Point p) {
  return !state.board().IsEyeLike(p, state.ToMove()) && state.IsLegalAt(p);
}

// Uniform among the legal points that are no own eyes; the pass if there are none. Draws a few
// times and counts the candidates only when that fails, as it does at the end of a game.
Action RandomMove(const GoState& state, Rng& rng) {
  const auto empty = state.board().empty_points();
  if (empty.empty()) return state.game().pass();
  const auto empty_count = static_cast<std::uint32_t>(empty.size());
  for (int attempt = 0; attempt < 6; ++attempt) {
    const Point p = empty[rng.Below(empty_count)];
    if (IsCandidate(state, p)) return state.game().ActionOf(p);
  }
  std::array<std::uint16_t, GoBoard::kMaxPoints> candidates;
  std::uint32_t count = 0;
  for (const std::uint16_t p : empty) {
    if (IsCandidate(state, p)) candidates[count++] = p;
  }
  return count == 0 ? state.game().pass() : state.game().ActionOf(candidates[rng.Below(count)]);
}

PlayoutSpeed PlayGames(const GoGame& game, double seconds, Rng& rng) {
  const auto start = game.NewState();
  GoState state = static_cast<const GoState&>(*start);
  std::int64_t moves = 0;
  std::int64_t games = 0;
  const double begin = Seconds();
  double elapsed = 0.0;
  do {
    state = static_cast<const GoState&>(*start);
    while (!state.IsTerminal()) state.Apply(RandomMove(state, rng));
    moves += state.Ply();
    ++games;
    elapsed = Seconds() - begin;
  } while (elapsed < seconds);
  const auto count = static_cast<double>(moves);
  return {count / elapsed, count / static_cast<double>(games)};
}

// A position in the middle of a random game.
GoState MiddleOfGame(const GoGame& game, Rng& rng) {
  const auto start = game.NewState();
  GoState state = static_cast<const GoState&>(*start);
  while (state.Ply() < game.spec().shape.points()) state.Apply(RandomMove(state, rng));
  return state;
}

double CopyNanoseconds(const GoGame& game, double seconds, Rng& rng) {
  const GoState from = MiddleOfGame(game, rng);
  GoState to = from;
  State& target = to;
  std::int64_t copies = 0;
  const double begin = Seconds();
  double elapsed = 0.0;
  do {
    for (int i = 0; i < 1000; ++i) target.CopyFrom(from);
    copies += 1000;
    elapsed = Seconds() - begin;
  } while (elapsed < seconds);
  return 1e9 * elapsed / static_cast<double>(copies);
}

// Boards from random games, one every few plies, so that all stages of the game are there.
std::vector<GoBoard> SampleBoards(const GoGame& game, Rng& rng) {
  std::vector<GoBoard> boards;
  const auto start = game.NewState();
  while (boards.size() < 64) {
    GoState state = static_cast<const GoState&>(*start);
    const int step = game.spec().shape.points() / 8;
    while (!state.IsTerminal() && boards.size() < 64) {
      state.Apply(RandomMove(state, rng));
      if (state.Ply() % step == 0) boards.push_back(state.board());
    }
  }
  return boards;
}

// Calls `measure` for the boards in turns.
template <typename Measure>
double BoardsPerSecond(const std::vector<GoBoard>& boards, double seconds, Measure measure) {
  std::int64_t count = 0;
  const double begin = Seconds();
  double elapsed = 0.0;
  do {
    for (const GoBoard& board : boards) measure(board);
    count += static_cast<std::int64_t>(boards.size());
    elapsed = Seconds() - begin;
  } while (elapsed < seconds);
  return static_cast<double>(count) / elapsed;
}

// Area, pass-alive area and ladders of whole boards.
std::vector<BenchRow> BenchReading(int size, double seconds, Rng& rng) {
  const auto game = MakeSquare(size);
  const std::vector<GoBoard> boards = SampleBoards(*game, rng);
  std::array<Cell, GoBoard::kMaxPoints> cells;
  const std::span<Cell> owner(cells.data(), static_cast<std::size_t>(size * size));
  LadderReader ladders;
  std::array<std::vector<double>, 3> speeds;
  for (int round = 0; round < kRounds; ++round) {
    const double slice = seconds / (3 * kRounds);
    speeds[0].push_back(
        BoardsPerSecond(boards, slice, [&](const GoBoard& board) { AreaScore(board, owner); }));
    speeds[1].push_back(BoardsPerSecond(boards, slice, [&](const GoBoard& board) {
      PassAliveArea(board, SuicideRule::kNone, owner);
    }));
    speeds[2].push_back(
        BoardsPerSecond(boards, slice, [&](const GoBoard& board) { ladders.FindAll(board); }));
  }
  const std::string side = StrCat(size, "x", size);
  return {{"area " + side, Median(speeds[0]), "boards/s", "", 0.0},
          {"pass-alive area (Benson) " + side, Median(speeds[1]), "boards/s", "", 0.0},
          {"all ladders " + side, Median(speeds[2]), "boards/s", "", 0.0}};
}

// Figures of one board size, one entry a round.
struct Figures {
  std::vector<double> speed, length, copy_ns;
};

// Our figures over another program's in the same round; no lengths if it does not say them.
struct Ratios {
  std::string name;
  std::array<Figures, kPlayoutSizes.size()> sizes;
};

// Random games and copies, ours and other programs' in turns.
class PlayoutRounds {
 public:
  // `seconds` are for all rounds of ours.
  PlayoutRounds(const BoardBenchOptions& options, double seconds, Rng& rng)
      : options_(options), others_(options.compare_commands.size()) {
    const double slice = seconds / (kRounds * 2 * kPlayoutSizes.size());
    for (int round = 0; round < kRounds; ++round) {
      PlayOurs(slice, rng);
      for (std::size_t i = 0; i < others_.size(); ++i) PlayOther(i);
    }
  }

  std::vector<BenchRow> Rows() const {
    std::vector<BenchRow> rows;
    for (std::size_t i = 0; i < kPlayoutSizes.size(); ++i) AddRows(i, rows);
    return rows;
  }

 private:
  void PlayOurs(double slice, Rng& rng) {
    for (std::size_t i = 0; i < kPlayoutSizes.size(); ++i) {
      const auto game = MakeSquare(kPlayoutSizes[i]);
      const PlayoutSpeed speed = PlayGames(*game, 1.5 * slice, rng);
      ours_[i].speed.push_back(speed.moves_per_second);
      ours_[i].length.push_back(speed.moves_per_game);
      ours_[i].copy_ns.push_back(CopyNanoseconds(*game, 0.5 * slice, rng));
    }
  }

  void PlayOther(std::size_t other) {
    const OutsideBoard board = RunOutsideBoard(options_.compare_commands[other]);
    others_[other].name = board.name;
    for (std::size_t i = 0; i < kPlayoutSizes.size(); ++i) {
      const PlayoutSpeed& theirs = board.playouts[i];
      Figures& ratios = others_[other].sizes[i];
      ratios.speed.push_back(ours_[i].speed.back() / theirs.moves_per_second);
      if (theirs.moves_per_game > 0.0) {
        ratios.length.push_back(ours_[i].length.back() / theirs.moves_per_game);
      }
    }
  }

  void AddRows(std::size_t i, std::vector<BenchRow>& rows) const {
    const std::string side = StrCat(kPlayoutSizes[i], "x", kPlayoutSizes[i]);
    const BenchRow speed{"random moves " + side, Median(ours_[i].speed), "moves/s", "", 0.0};
    const BenchRow length{"random game " + side, Median(ours_[i].length), "moves", "", 0.0};
    AddRatios(speed, i, &Figures::speed, rows);
    AddRatios(length, i, &Figures::length, rows);
    const int plies = kPlayoutSizes[i] * kPlayoutSizes[i];
    rows.push_back({StrCat("copy of a state after ", plies, " plies, ", side),
                    Median(ours_[i].copy_ns), "ns", "", 0.0});
  }

  // Our figure against each program that has it, or alone.
  void AddRatios(BenchRow row, std::size_t i, std::vector<double> Figures::*figure,
                 std::vector<BenchRow>& rows) const {
    const std::size_t before = rows.size();
    for (const Ratios& other : others_) {
      const std::vector<double>& ratios = other.sizes[i].*figure;
      if (ratios.empty()) continue;
      row.against = other.name;
      row.ratio = Median(ratios);
      rows.push_back(row);
    }
    if (rows.size() == before) rows.push_back(row);
  }

  const BoardBenchOptions& options_;
  std::array<Figures, kPlayoutSizes.size()> ours_;
  std::vector<Ratios> others_;
};

}  // namespace

std::vector<BenchRow> BenchBoard(const BoardBenchOptions& options) {
  Rng rng(options.seed, RngRole::kBench);
  std::vector<BenchRow> rows = PlayoutRounds(options, 0.75 * options.seconds, rng).Rows();
  for (const int size : kPlayoutSizes) {
    for (BenchRow& row : BenchReading(size, 0.125 * options.seconds, rng)) {
      rows.push_back(std::move(row));
    }
  }
  rows.push_back({"state in memory", static_cast<double>(sizeof(GoState)), "bytes", "", 0.0});
  return rows;
}

}  // namespace tengen

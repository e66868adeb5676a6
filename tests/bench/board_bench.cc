#include "tests/bench/board_bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "envs/core/rng.h"
#include "envs/go/benson.h"
#include "envs/go/go_game.h"
#include "envs/go/ladders.h"
#include "envs/go/scoring.h"

namespace tengen {
namespace {

constexpr int kRounds = 5;
constexpr std::array<int, 2> kSizes = {9, 19};

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

double PlayoutMovesPerSecond(const GoGame& game, double seconds, Rng& rng) {
  const auto start = game.NewState();
  GoState state = static_cast<const GoState&>(*start);
  std::int64_t moves = 0;
  const double begin = Seconds();
  double elapsed = 0.0;
  while (elapsed < seconds) {
    state = static_cast<const GoState&>(*start);
    while (!state.IsTerminal()) state.Apply(RandomMove(state, rng));
    moves += state.Ply();
    elapsed = Seconds() - begin;
  }
  return static_cast<double>(moves) / elapsed;
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
  while (elapsed < seconds) {
    for (int i = 0; i < 1000; ++i) target.CopyFrom(from);
    copies += 1000;
    elapsed = Seconds() - begin;
  }
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
  while (elapsed < seconds) {
    for (const GoBoard& board : boards) measure(board);
    count += static_cast<std::int64_t>(boards.size());
    elapsed = Seconds() - begin;
  }
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

std::string OutputOf(const std::string& command) {
  const auto close = [](FILE* pipe) { return pclose(pipe); };
  std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (pipe == nullptr) throw WorldError(StrCat("cannot start '", command, "'"));
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t n = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    output.append(buffer.data(), n);
  }
  const int status = pclose(pipe.release());
  if (status != 0) throw WorldError(StrCat("'", command, "' ended with status ", status));
  return output;
}

// The other program's moves per second, in the order of kSizes.
std::array<double, 2> RunOther(const std::string& command) {
  std::string output = OutputOf(command);
  output.erase(output.find_last_not_of("\r\n ") + 1);
  const std::string line = output.substr(output.find_last_of('\n') + 1);
  const auto json = nlohmann::json::parse(line, nullptr, false);
  std::array<double, 2> speeds{};
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    const std::string key = StrCat("moves_per_second_", kSizes[i]);
    if (!json.is_object() || !json.contains(key) || !json[key].is_number()) {
      throw WorldError(
          StrCat("'", command, "' printed '", line, "', wanted an object with a number ", key));
    }
    speeds[i] = json[key].get<double>();
  }
  return speeds;
}

}  // namespace

std::vector<BenchRow> BenchBoard(const BoardBenchOptions& options) {
  Rng rng(options.seed, RngRole::kBench);
  // A quarter of the time is for BenchReading.
  const double slice = 0.75 * options.seconds / (kRounds * 2 * kSizes.size());
  std::array<std::vector<double>, 2> ours, others, copies;
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < kSizes.size(); ++i) {
      const auto game = MakeSquare(kSizes[i]);
      ours[i].push_back(PlayoutMovesPerSecond(*game, 1.5 * slice, rng));
      copies[i].push_back(CopyNanoseconds(*game, 0.5 * slice, rng));
    }
    if (options.compare_command.empty()) continue;
    const auto speeds = RunOther(options.compare_command);
    for (std::size_t i = 0; i < kSizes.size(); ++i) others[i].push_back(speeds[i]);
  }
  std::vector<BenchRow> rows;
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    const std::string side = StrCat(kSizes[i], "x", kSizes[i]);
    BenchRow row{"random moves " + side, Median(ours[i]), "moves/s", "", 0.0};
    if (!others[i].empty()) {
      row.against = options.compare_command;
      row.ratio = row.value / Median(others[i]);
    }
    rows.push_back(row);
    rows.push_back(
        {"copy of a state after " + std::to_string(kSizes[i] * kSizes[i]) + " plies, " + side,
         Median(copies[i]), "ns", "", 0.0});
  }
  for (const int size : kSizes) {
    for (BenchRow& row : BenchReading(size, 0.125 * options.seconds, rng)) {
      rows.push_back(std::move(row));
    }
  }
  rows.push_back({"state in memory", static_cast<double>(sizeof(GoState)), "bytes", "", 0.0});
  return rows;
}

}  // namespace tengen

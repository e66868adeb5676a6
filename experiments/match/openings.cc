#include "experiments/match/openings.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "envs/core/rng.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_replay.h"
#include "experiments/files/sgf_files.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 64'000'000;  // of an SGF file

// The board of a position, the smallest of all ways to turn it, and who is to move.
std::vector<Cell> Canonical(const State& state) {
  const GameSpec& spec = state.game().spec();
  const auto points = static_cast<std::size_t>(spec.shape.points());
  std::vector<Cell> board(points), turned(points), best;
  state.Board(board);
  for (int member = 0; member < spec.symmetries.size(); ++member) {
    const Symmetry symmetry = spec.symmetries.Member(member);
    for (std::size_t p = 0; p < points; ++p) {
      const int to = symmetry.Map(spec.shape, static_cast<int>(p));
      turned[static_cast<std::size_t>(to)] = board[p];
    }
    if (best.empty() || turned < best) best = turned;
  }
  best.push_back(CellOf(state.ToMove()));
  return best;
}

std::unique_ptr<State> RandomOpening(const Game& game, int plies, Rng& rng,
                                     std::vector<Action>& moves) {
  std::unique_ptr<State> state = game.NewState();
  std::unique_ptr<State> next = state->Clone();
  std::vector<Action> legal;
  moves.clear();
  for (int ply = 0; ply < plies; ++ply) {
    state->LegalActions(legal);
    if (game.spec().policy == PolicyLayout::kPointsAndPass && legal.size() > 1) legal.pop_back();
    const Action action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    next->CopyFrom(*state);
    next->Apply(action);
    if (next->IsTerminal()) break;
    std::swap(state, next);
    moves.push_back(action);
  }
  return state;
}

// The first moves of a record's main line in this game; nothing if they do not fit.
std::optional<std::vector<Action>> FirstMoves(const GoGame& game, const SgfTree& tree, int plies,
                                              std::vector<Cell>& key) {
  const auto info = ReadSgfGameInfo(tree);
  if (!info || info->shape != game.spec().shape) return std::nullopt;
  const auto replay = ReplaySgf(tree, tree.MainLine(), plies);
  if (!replay || replay->problem || replay->moves < plies) return std::nullopt;
  const SgfPosition& position = replay->position;
  const auto has_stones = [](const std::string& row) {
    return row.find_first_not_of('.') != std::string::npos;
  };
  if (std::any_of(position.diagram.begin(), position.diagram.end(), has_stones)) {
    return std::nullopt;
  }
  std::vector<Action> moves;
  const auto state = game.NewState();
  for (const SgfMove& move : position.moves) {
    if (state->ToMove() != move.player || !state->IsLegal(move.action)) return std::nullopt;
    state->Apply(move.action);
    if (state->IsTerminal()) return std::nullopt;
    moves.push_back(move.action);
  }
  if (static_cast<int>(moves.size()) != plies) return std::nullopt;
  key = Canonical(*state);
  return moves;
}

Result<std::vector<SgfTree>> ReadTrees(const fs::path& file) {
  const auto bytes = ReadGzipFile(file, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  auto trees = ParseSgf(*bytes);
  if (!trees) return Error{StrCat(file, ": ", trees.error())};
  return trees;
}

}  // namespace

Openings DrawOpenings(const Game& game, int pairs, int plies, std::uint64_t seed) {
  Openings openings;
  std::set<std::vector<Cell>> seen;
  std::vector<Action> moves;
  const int most_plies = plies == 0 ? 0 : plies + kMoreOpeningPlies;
  int plies_now = plies;
  int tries = kOpeningTries;
  bool exhausted = false;
  while (static_cast<int>(openings.moves.size()) < pairs) {
    Rng rng(seed, RngRole::kOpening, openings.moves.size());
    bool found = false;
    for (int i = 0; i < tries && !found; ++i) {
      found = seen.insert(Canonical(*RandomOpening(game, plies_now, rng, moves))).second;
    }
    if (!found && plies_now < most_plies) {
      ++plies_now;
      continue;
    }
    if (!found) {  // one more round of those that are known
      exhausted = true;
      tries = 50;
      plies_now = plies;
      seen.clear();
      continue;
    }
    openings.moves.push_back(moves);
    if (!exhausted) ++openings.distinct;
  }
  return openings;
}

Result<Openings> ReadOpenings(const GoGame& game, const fs::path& path, int pairs, int plies) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return Error{StrCat("openings ", path, ": no such file or folder")};
  }
  const bool folder = fs::is_directory(status);
  const auto files = folder ? SgfFilesIn(path) : std::vector<fs::path>{path};
  if (!files) return Error{"openings: " + files.error()};
  Openings openings;
  std::set<std::vector<Cell>> seen;
  std::string damaged;  // the first that is
  for (const fs::path& file : *files) {
    const auto trees = ReadTrees(file);
    if (!trees) {
      if (damaged.empty()) damaged = "; " + trees.error();
      continue;
    }
    for (const SgfTree& tree : *trees) {
      std::vector<Cell> key;
      auto moves = FirstMoves(game, tree, plies, key);
      if (!moves || !seen.insert(std::move(key)).second) continue;
      openings.moves.push_back(std::move(*moves));
      ++openings.distinct;
      if (openings.distinct == pairs) return openings;
    }
  }
  return Error{StrCat("openings ", path, ": ", openings.distinct, " distinct ones of ", plies,
                      " moves for ", game.spec().id, ", wanted ", pairs, damaged)};
}

}  // namespace tengen

#include "experiments/supervised/game_split.h"

#include <algorithm>
#include <map>

#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "experiments/datasets/split.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSplitSeed = 1;

fs::path TrainFolder(const fs::path& run) { return run / "games"; }
fs::path TestFolder(const fs::path& run) { return run / "held_out"; }

void Write(const fs::path& folder, const std::vector<GameRecord>& games) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) throw WorldError(StrCat("cannot empty ", folder, ": ", error.message()));
  RecordShardWriter writer(folder);
  for (const GameRecord& record : games) writer.Append(record);
  writer.Sync();
}

Result<std::vector<GameRecord>> Read(const fs::path& folder) {
  RecordShardReader reader(ListShards(folder));
  std::vector<GameRecord> games;
  while (std::optional<GameRecord> record = reader.Next()) games.push_back(std::move(*record));
  if (!reader.problems().empty()) return Error{reader.problems().front().Text()};
  if (games.empty()) return Error{StrCat(folder.string(), " holds no games, wanted the run's")};
  return games;
}

}  // namespace

Result<GameSplit> SplitGames(std::vector<GameRecord> games, double test_share) {
  const auto split = RandomSplit(static_cast<int>(games.size()), test_share, kSplitSeed);
  if (!split) {
    return Error{StrCat(games.size(), " games: ", split.error())};
  }
  GameSplit out;
  for (const int i : split->train) {
    out.train.push_back(std::move(games[static_cast<std::size_t>(i)]));
  }
  for (const int i : split->test) {
    out.test.push_back(std::move(games[static_cast<std::size_t>(i)]));
  }
  return out;
}

void SaveGameSplit(const fs::path& run, const GameSplit& split) {
  Write(TrainFolder(run), split.train);
  Write(TestFolder(run), split.test);
}

Result<GameSplit> LoadGameSplit(const fs::path& run) {
  auto train = Read(TrainFolder(run));
  if (!train) return Error{train.error()};
  auto test = Read(TestFolder(run));
  if (!test) return Error{test.error()};
  return GameSplit{std::move(*train), std::move(*test)};
}

int CommonestSize(const std::vector<GameRecord>& games) {
  std::map<int, int> count;
  for (const GameRecord& record : games) {
    const auto game = MakeGame(record.game_id);
    TENGEN_CHECK(game.ok(), game.error());
    ++count[(*game)->spec().shape.rows];
  }
  TENGEN_CHECK(!count.empty(), "no games");
  return std::max_element(count.begin(), count.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

}  // namespace tengen

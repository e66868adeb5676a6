#pragma once

#include <filesystem>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/result.h"

namespace tengen {

// The games of a run: learnt from, and kept apart. Both are record shards in the run folder, so
// that a run goes on without the files that they came from.
struct GameSplit {
  std::vector<GameRecord> train;
  std::vector<GameRecord> test;
};

// Keeps a share of the games apart, the same ones whatever the seed of a run, so that runs can be
// compared. Errors: fewer than two games.
Result<GameSplit> SplitGames(std::vector<GameRecord> games, double test_share);

// Writes RUN/games and RUN/held_out, replacing what a process left that was killed in the middle of
// it. Throws WorldError.
void SaveGameSplit(const std::filesystem::path& run, const GameSplit& split);
// Errors: a damaged shard, a part without games.
Result<GameSplit> LoadGameSplit(const std::filesystem::path& run);

// The commonest board size among games of Go. REQUIRES: there is a game; all are square.
int CommonestSize(const std::vector<GameRecord>& games);

}  // namespace tengen

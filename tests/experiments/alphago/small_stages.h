#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "agents/alphago/value_games.h"
#include "envs/registry/game_registry.h"
#include "nets/checkpoint.h"
#include "search/simple_evaluators.h"
#include "tests/support/go_records.h"

namespace tengen {

// A network of 2 blocks of 8 channels that learnt nothing.
inline ModelSnapshot SmallGoNetwork(std::uint64_t seed) {
  ModelConfig config = ModelConfigFor(MakeGame("go:size=5").value()->spec(), 8, 2);
  config.head_channels = 8;
  config.head_hidden = 8;
  return Model(config, seed).Snapshot();
}

// Finished games by uniform policies, with one position each.
inline std::vector<GameRecord> UniformValueGames(int count) {
  const auto game = MakeGame("go:size=5").value();
  UniformEvaluator uniform;
  GameRange range;
  range.count = count;
  return PlayValueGames(static_cast<const GoGame&>(*game), {uniform, uniform}, range, 4);
}

inline void WriteSmallNetwork(const std::filesystem::path& folder, std::uint64_t seed) {
  std::filesystem::create_directories(folder.parent_path());
  SaveNetwork(folder, {SmallGoNetwork(seed), {}});
}

// Short random games as one SGF file, all of which White resigns.
inline void WriteSmallGames(const std::filesystem::path& file, int size, int count) {
  std::ofstream out(file);
  for (int i = 0; i < count; ++i) {
    Rng rng(static_cast<std::uint64_t>(size), RngRole::kTest, static_cast<std::uint64_t>(i));
    const GameRecord record = RandomGoRecord("go:size=" + std::to_string(size), rng);
    out << "(;GM[1]FF[4]SZ[" << size << "]KM[7]RE[B+R]";
    for (std::size_t ply = 0; ply < 30 && ply < record.plies.size(); ++ply) {
      const Action action = record.plies[ply].action;
      out << (ply % 2 == 0 ? ";B[" : ";W[");
      if (action < size * size) {
        out << static_cast<char>('a' + action % size) << static_cast<char>('a' + action / size);
      }
      out << "]";
    }
    out << ")\n";
  }
}

}  // namespace tengen

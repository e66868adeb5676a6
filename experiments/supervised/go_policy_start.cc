#include "experiments/supervised/go_policy_start.h"

#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/supervised/go_games.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

GoPolicyConfig WithStoredGames(GoPolicyConfig config, const fs::path& folder) {
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text) return config;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  GoPolicyConfig stored;
  if (!json.is_object() || !GoPolicyConfigFromJson(json, stored)) return config;
  if (config.sgf.empty()) config.sgf = stored.sgf;
  if (config.size == 0) config.size = stored.size;
  return config;
}

std::vector<GameRecord> ReadGoPolicyGames(GoPolicyConfig& config, std::string& told) {
  return ReadGoGames(config.sgf, config.size, told);
}

TrainConfig GoPolicyTraining(const GoPolicyConfig& config) {
  TrainConfig train = config.train;
  train.selfplay.games = {StrCat("go:size=", config.size)};
  return train;
}

ModelConfig GoPolicyModel(const GoPolicyConfig& config) {
  return OrUsageError(TrainModelConfig(GoPolicyTraining(config)));
}

}  // namespace tengen

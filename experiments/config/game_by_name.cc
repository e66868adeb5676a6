#include "experiments/config/game_by_name.h"

#include <nlohmann/json.hpp>

#include "envs/registry/game_registry.h"
#include "experiments/config/presets.h"
#include "experiments/config/usage_error.h"

namespace tengen {

std::shared_ptr<const Game> GameOrUsageError(const std::string& id_or_preset) {
  for (const Preset& preset : Presets()) {
    if (preset.name != id_or_preset) continue;
    // Not through TrainConfig, which needs LibTorch for its networks.
    const nlohmann::json games = nlohmann::json::parse(preset.json).at("selfplay").at("games");
    return OrUsageError(MakeGame(games.at(0).get<std::string>()));
  }
  return OrUsageError(MakeGame(id_or_preset));
}

}  // namespace tengen

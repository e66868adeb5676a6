#include "experiments/config/game_by_name.h"

#include "envs/registry/game_registry.h"
#include "experiments/config/train_config.h"
#include "experiments/config/usage_error.h"

namespace tengen {

std::shared_ptr<const Game> GameOrUsageError(const std::string& id_or_preset) {
  for (const std::string& preset : PresetNames()) {
    if (preset != id_or_preset) continue;
    const auto config = OrUsageError(LoadTrainConfig(preset));
    return OrUsageError(MakeGame(config.selfplay.games.front()));
  }
  return OrUsageError(MakeGame(id_or_preset));
}

}  // namespace tengen

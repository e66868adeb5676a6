#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "envs/core/game.h"
#include "experiments/config/train_config.h"
#include "experiments/train/machine_speed.h"
#include "experiments/train/run_status.h"

// What a run tells people before and after it runs. Text ends without a new line.

namespace tengen {

// Facts for people in a published network's model.json.
std::map<std::string, std::string> NetworkFacts(const TrainConfig& config, std::int64_t games,
                                                std::int64_t positions);

// Printed before the start: game, network, budget, memory and disk, what earlier runs gave. Not
// `plays_here`: games come from workers elsewhere.
std::string RunOutlook(const TrainConfig& config, const Game& game,
                       const std::filesystem::path& folder, bool resumes, std::int64_t step,
                       bool plays_here = true);

// Printed when the machine was measured: what it is, its speed, and what to expect of the budget.
std::string ForecastText(const TrainConfig& config, const MachineSpeed& speed,
                         const std::string& processor, int processors);

// Printed at the end, with the commands that come next.
std::string RunSummary(const RunStatus& status, const std::filesystem::path& folder,
                       const GameSpec& game);

}  // namespace tengen

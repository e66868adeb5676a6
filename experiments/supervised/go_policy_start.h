#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "agents/zero/zero_learner.h"
#include "experiments/supervised/go_policy_config.h"
#include "nets/model.h"

// What a run of `tengen learn go-policy` begins with.

namespace tengen {

// Share of the time, at most, that goes into looks at held-out games.
inline constexpr double kGoPolicyLookShare = 0.1;

// Takes source and size of the games from the config.json of a run that goes on, where `config`
// does not name them.
GoPolicyConfig WithStoredGames(GoPolicyConfig config, const std::filesystem::path& run);

// The games of config.sgf ("": of the known set go9x9) and config.size, which are set to what was
// taken; `told` is for people: how many there are, and how many were left out and why. Throws
// UsageError (there are none anywhere) and WorldError (none can be read or learnt from).
std::vector<GameRecord> ReadGoPolicyGames(GoPolicyConfig& config, std::string& told);

// The run of self-play's learner that it is, the games' name in it. REQUIRES: config.size > 0.
TrainConfig GoPolicyTraining(const GoPolicyConfig& config);
// The network. Throws UsageError. REQUIRES: config.size > 0.
ModelConfig GoPolicyModel(const GoPolicyConfig& config);

}  // namespace tengen

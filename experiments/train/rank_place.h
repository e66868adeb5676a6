#pragma once

#include <functional>
#include <optional>
#include <string>

#include "envs/core/result.h"
#include "nets/rank_team.h"

namespace tengen {

// Looks a variable of the environment up; null: it is not set.
using Environment = std::function<const char*(const char* name)>;

// The place that torchrun, or whoever starts ranks, gives a process by RANK, WORLD_SIZE,
// MASTER_ADDR and MASTER_PORT (and torchrun's LOCAL_RANK, LOCAL_WORLD_SIZE,
// TORCHELASTIC_USE_AGENT_STORE, TORCHELASTIC_RESTART_COUNT). Empty where RANK and WORLD_SIZE are
// not both set, or there is only one rank. Errors: one of the others is missing or no number in its
// range.
Result<std::optional<RankPlace>> RankPlaceFrom(const Environment& environment);

// Where a rank computes that was told `device`, on a machine with that many CUDA devices: "cuda"
// without a number is another one for each rank of the machine, and the first again where there are
// more ranks. Rank 0 has the first, as a process alone has.
std::string DeviceOfRank(const std::string& device, const RankPlace& place, int cuda_devices);

}  // namespace tengen

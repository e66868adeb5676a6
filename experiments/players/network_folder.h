#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "envs/core/result.h"

namespace tengen {

// The folder with model.json that `folder` means: itself, or the newest checkpoint of a run folder,
// or its checkpoint of `step`. Errors: there is none, there is none of this step.
Result<std::filesystem::path> NetworkFolder(const std::filesystem::path& folder,
                                            std::optional<std::int64_t> step = std::nullopt);

}  // namespace tengen

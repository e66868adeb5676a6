#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "agents/rl/rl_policy.h"
#include "envs/core/result.h"
#include "experiments/config/rl_config.h"

namespace tengen {

// A policy that a run of `tengen rl` has saved.
struct SavedRlPolicy {
  std::uint64_t seed = 0;
  std::filesystem::path file;
  std::optional<double> mean_return;  // of the final policy; none while the seed is still training
};

// What is in such a run's folder (rl_run.h).
struct RlRunContents {
  RlConfig config;
  std::vector<SavedRlPolicy> policies;  // by seed; empty before the first half minute

  // The policy of a seed, or without one the final policy of the largest return (else the one that
  // is still training). Null if there is none.
  const SavedRlPolicy* Find(std::optional<std::uint64_t> seed) const;
};

// Whether the folder's config.json is one of `tengen rl`.
bool IsRlRun(const std::filesystem::path& folder);
// Only reads, also while the run goes on. Errors: no such folder, no run of `tengen rl`.
Result<RlRunContents> ReadRlRun(const std::filesystem::path& folder);
// Errors: the file is gone or damaged, or does not fit the config.
Result<std::unique_ptr<RlPolicy>> LoadRlPolicy(const RlConfig& config, const SavedRlPolicy& policy);

}  // namespace tengen

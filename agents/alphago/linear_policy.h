#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agents/alphago/linear_features.h"
#include "envs/core/result.h"

namespace tengen {

// A linear softmax policy over local features of Go, for boards of any size (Silver et al. 2016,
// "Methods: Rollout policy"): P(move) is proportional to exp(sum of the weights of its features).
// It says nothing of the pass. A value; copies share the features.
struct LinearPolicy {
  std::shared_ptr<const LinearFeatures> features;
  std::vector<float> weights;  // by feature number, within +-kMaxWeight

  // Products of exp(weight) over the features of a move stay within float32.
  static constexpr float kMaxWeight = 9.0F;

  // All weights 0: uniform.
  explicit LinearPolicy(std::shared_ptr<const LinearFeatures> known);

  // Fills `probabilities`, which sum to 1, for the moves. REQUIRES: as many as moves, and one at
  // least.
  void FillProbabilities(const MoveFeatures& moves, std::span<float> probabilities) const;
};

// What the file is called in a run folder.
inline constexpr const char* kLinearPolicyFile = "rollout_policy.safetensors";

// A safetensors file: "patterns", "near" and "responses" (int32, LinearWords) and "weights"
// (float32), and in its metadata the version of the features and `facts`. Throws WorldError.
void WriteLinearPolicy(const std::filesystem::path& file, const LinearPolicy& policy,
                       const std::map<std::string, std::string>& facts = {});

struct LinearPolicyFile {
  LinearPolicy policy;
  std::map<std::string, std::string> facts;
};
// Errors name the file: it is not there, damaged, of other features, or holds weights beyond
// kMaxWeight.
Result<LinearPolicyFile> ReadLinearPolicy(const std::filesystem::path& file);

}  // namespace tengen

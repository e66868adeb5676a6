#pragma once

#include <string>
#include <vector>

#include "experiments/runs/run_contents.h"

namespace tengen {

struct ReproductionStep {
  std::string what;     // "Train it again"
  std::string command;  // for a shell, in the repository's root
};

// The commands that make such a run again and measure it: the preset with its seed and every
// setting that differs from it, then what plays or rates the result.
std::vector<ReproductionStep> Reproduction(const RunContents& run);

// Leaves of `config` that differ from `base`, as words for --set: "selfplay.full_visits=64".
std::vector<std::string> Differences(const nlohmann::json& config, const nlohmann::json& base);

}  // namespace tengen

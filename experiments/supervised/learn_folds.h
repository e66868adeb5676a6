#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/learn_task.h"

namespace tengen {

// Trains once for each fold, one after the other, each a run (learn_run.h) in a folder of its own
// below `folder`: "5" are five stratified folds, "groups" one for each group (a speaker) that is
// left out. The mean of each number over the folds, its standard deviation, and the test accuracy
// of each. Empty when `stop` was set before the end; the same call goes on. Throws UsageError and
// WorldError as LearnRun.
std::vector<LearnRow> LearnFolds(const LearnConfig& config, const std::string& folds,
                                 const std::filesystem::path& folder,
                                 const std::atomic<bool>& stop);

}  // namespace tengen

#pragma once

#include "experiments/datasets/preprocessing.h"
#include "experiments/datasets/samples.h"
#include "experiments/supervised/learn_config.h"

namespace tengen {

// The examples of a task in their three parts, prepared by what the training part alone tells.
struct TaskData {
  Samples train;
  Samples validation;
  Samples test;
  Preprocessing preprocessing;
};

// Opens the set, splits it with the config's seed (folds with a seed of their own, so that they are
// the same for every run) and prepares it. Throws UsageError: what the readers and splits say, an
// unknown fold or group.
TaskData OpenTaskData(const LearnConfig& config);

}  // namespace tengen

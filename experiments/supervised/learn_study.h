#pragma once

#include <atomic>
#include <filesystem>
#include <vector>

#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/learn_task.h"

namespace tengen {

// Two questions about a task with classes that one run does not answer, each by runs of their own
// in RUN/study/:
//
//   little data  test accuracy with 2, 10, 30 and 100 % of the training part, with the preset's
//                augmentation and without
//   leakage      the membership test's AUC with the preset's dropout and weight decay, and without
//
// Writes RUN/study.json, {"little_data": [{"share", "augmented", "test_accuracy"}], "leakage":
// [{"regularised", "auc", "test_accuracy"}]}, which the page shows. The same numbers as rows; empty
// when `stop` was set before the end; the same call goes on. Throws UsageError (a task without
// classes) and WorldError.
std::vector<LearnRow> StudyTask(const LearnConfig& config, const std::filesystem::path& run,
                                const std::atomic<bool>& stop);

}  // namespace tengen

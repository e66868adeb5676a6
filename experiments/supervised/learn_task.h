#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/learn_row.h"
#include "experiments/supervised/task_net.h"
#include "nets/net.h"
#include "nets/trainer.h"

namespace tengen {

// Numbers for metrics.jsonl, by name: "validation_loss".
using Measures = std::vector<std::pair<std::string, double>>;

// A supervised task with its data in memory: what a trainer wants of it, and what it says of a net.
// The trainer moves the weights of net(); Validate, Finish and Findings look at them as they stand,
// in evaluation mode and without gradients. Not thread-safe.
class LearnTask {
 public:
  virtual ~LearnTask() = default;

  virtual const Net& net() const = 0;
  virtual LossFunction loss() const = 0;
  virtual std::shared_ptr<DataSource> source() const = 0;
  // Batches that BatchNorm statistics of averaged weights are estimated from.
  virtual std::vector<Batch> StatisticsBatches() const = 0;

  // On the validation part; validation_loss first.
  virtual Measures Validate() = 0;
  // What the run comes to.
  virtual std::vector<LearnRow> Finish() = 0;
  // What its page shows: an object of findings by name (experiments/supervised/README.md). `step`
  // decides what is drawn.
  virtual nlohmann::ordered_json Findings(std::int64_t step) = 0;
  // A small picture of what it has learnt so far, for those who watch; null where there is none.
  virtual nlohmann::ordered_json Glance(std::int64_t step) = 0;

  virtual NetShape shape() const = 0;
  // What prediction wants to know besides: preprocessing, names of classes, alphabet.
  virtual nlohmann::ordered_json DataFacts() const = 0;
};

// Reads or makes the data. Throws UsageError: what the readers say, data that do not fit the task.
// REQUIRES: CheckLearnConfig(config).
std::unique_ptr<LearnTask> MakeLearnTask(const LearnConfig& config);

// The three kinds behind it.
std::unique_ptr<LearnTask> MakeRegressionTask(const LearnConfig& config);
std::unique_ptr<LearnTask> MakeClassifyTask(const LearnConfig& config);
std::unique_ptr<LearnTask> MakeTextTask(const LearnConfig& config);

}  // namespace tengen

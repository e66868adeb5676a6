#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "envs/core/mutex.h"
#include "nets/evaluation_pipeline.h"
#include "nets/model.h"

namespace tengen {

// Keeps what a device has made for networks that nobody uses any more (memory, captured graphs, a
// thread), so that the next network of a run begins at once and games do not stop for it. As many
// as were in use at once: two while games of the old network end. Thread-safe.
class PipelinePool {
 public:
  using DeviceMaker = std::function<std::unique_ptr<BatchDevice>(const ModelSnapshot&)>;

  PipelinePool(DeviceMaker make_device, EvaluationPipeline::Options options)
      : make_device_(std::move(make_device)), options_(std::move(options)) {}

  // One with the snapshot's network.
  std::unique_ptr<EvaluationPipeline> Take(const ModelSnapshot& snapshot) TENGEN_EXCLUDES(mutex_);
  // REQUIRES: all rows were released.
  void GiveBack(const ModelConfig& config, std::unique_ptr<EvaluationPipeline> pipeline)
      TENGEN_EXCLUDES(mutex_);

  int made() const TENGEN_EXCLUDES(mutex_);  // so far

 private:
  const DeviceMaker make_device_;
  const EvaluationPipeline::Options options_;

  mutable Mutex mutex_;
  std::vector<std::pair<ModelConfig, std::unique_ptr<EvaluationPipeline>>> idle_
      TENGEN_GUARDED_BY(mutex_);
  int made_ TENGEN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tengen

#include "nets/pipeline_pool.h"

#include <algorithm>

namespace tengen {

std::unique_ptr<EvaluationPipeline> PipelinePool::Take(const ModelSnapshot& snapshot) {
  std::unique_ptr<EvaluationPipeline> pipeline;
  {
    MutexLock lock(mutex_);
    const auto found = std::find_if(idle_.begin(), idle_.end(), [&snapshot](const auto& idle) {
      return idle.first == snapshot.config;
    });
    if (found != idle_.end()) {
      pipeline = std::move(found->second);
      idle_.erase(found);
    } else {
      ++made_;
    }
  }
  if (!pipeline) return std::make_unique<EvaluationPipeline>(make_device_(snapshot), options_);
  pipeline->Load(snapshot);
  return pipeline;
}

void PipelinePool::GiveBack(const ModelConfig& config,
                            std::unique_ptr<EvaluationPipeline> pipeline) {
  MutexLock lock(mutex_);
  idle_.emplace_back(config, std::move(pipeline));
}

int PipelinePool::made() const {
  MutexLock lock(mutex_);
  return made_;
}

}  // namespace tengen

#pragma once

#include <filesystem>
#include <thread>

#include "experiments/alphago/stage_list.h"

namespace tengen {

// Counts the seconds of a stage while it runs, over all its sessions, and writes the list every
// twenty of them and at the end, so that a kill loses no more. The list is not to be changed
// meanwhile.
class StageClock {
 public:
  StageClock(StageList& list, PipelineStage stage, const std::filesystem::path& run);
  ~StageClock();
  StageClock(const StageClock&) = delete;
  StageClock& operator=(const StageClock&) = delete;

 private:
  void Live(const std::stop_token& stop);
  void Write();

  StageList& list_;
  const PipelineStage stage_;
  const std::filesystem::path run_;
  const double begin_s_;  // on a clock that began when the stage did
  std::jthread thread_;
};

}  // namespace tengen

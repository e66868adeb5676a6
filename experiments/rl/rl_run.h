#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "experiments/config/rl_config.h"
#include "experiments/runs/run_folder.h"

namespace tengen {

// What one learner came to.
struct RlSeedResult {
  std::uint64_t seed = 0;
  double mean_return = 0.0;  // of the final policy, over config.final_episodes fixed starts
  std::int64_t env_steps = 0;
  std::int64_t updates = 0;
  double seconds = 0.0;  // of training, evaluations left out
};

// Learners of one configuration, one seed after the other, in a run folder:
//
//   config.json, metrics.jsonl, log.txt   as in every run; each line of metrics names its seed
//   curve.svg                             evaluation returns over environment steps
//   policies/seed1.safetensors            the final networks
//   states/seed1.safetensors              the final learners, to go on from
//   resume.safetensors                    the running learner, replaced every checkpoint_s
//
// Lines of metrics.jsonl: "session" (a process began), "evaluation" (while training), "final" (a
// learner is done; the newest one of a seed counts); one evaluation for each step at which one is
// due. A run that was stopped or killed at any moment goes on where its newest saved state stood;
// as nothing depends on the clock, it ends as if it had never been stopped, and evaluations that
// are written already are not made again. A finished run goes on with more steps or more seeds;
// learning rates and other schedules then follow the new length from where they stand, so that it
// is not what a run of that length from its beginning would be. Everything on the calling thread.
// Not thread-safe.
class RlRun {
 public:
  // Throws UsageError (config, folder of another run) and WorldError (disk, damaged state).
  RlRun(const RlConfig& config, const std::filesystem::path& folder);

  // Trains what is left until `stop` is set. Throws WorldError; what was saved stays.
  void Go(const std::atomic<bool>& stop);

  // Of the seeds that are done with all of config.steps, in their order.
  const std::vector<RlSeedResult>& results() const { return results_; }

 private:
  struct Progress;  // of the running learner

  void TrainSeed(std::uint64_t seed, const std::atomic<bool>& stop);
  void Evaluate(const RlLearner& learner, Progress& progress);
  void Finish(const RlLearner& learner, const Progress& progress);
  void Save(const RlLearner& learner, const Progress& progress,
            const std::filesystem::path& file) const;
  void Resume(RlLearner& learner, Progress& progress) const;
  bool LoadSaved(const std::filesystem::path& path, std::int64_t beyond, RlLearner& learner,
                 Progress& progress) const;
  std::filesystem::path EndState(std::uint64_t seed) const;
  void MakeFolder(const char* name) const;
  void RemoveSaved() const;
  void TakeResults();
  void DrawCurve() const;

  const RlConfig config_;
  RunFolder folder_;
  std::map<std::uint64_t, RlSeedResult> ended_;  // newest of each seed, perhaps with fewer steps
  std::vector<RlSeedResult> results_;
};

}  // namespace tengen

#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "experiments/runs/run_folder.h"
#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/learn_task.h"
#include "nets/trainer.h"

namespace tengen {

// A supervised task in a run folder:
//
//   config.json, metrics.jsonl, log.txt   as in every run
//   model/                                the network, replaced at evaluations, final at the end
//   findings.json                         what the page of the run shows; at the end
//   resume.safetensors                    trainer, place in the data and counters
//
// Lines of metrics.jsonl: "session" (a process began), "evaluation" (step, seconds, losses of
// both parts, other measures, what it knows so far at a glance), "final" (the rows). A run that
// was stopped or killed at any moment goes on where its newest saved state stood, and makes no
// evaluation twice; with --deterministic and a budget of steps its weights end as if it had never
// been stopped. A finished run goes on with more steps. Everything on the calling thread. Not
// thread-safe.
class LearnRun {
 public:
  // Reads the data before it touches the folder. Throws UsageError (config, data, folder of another
  // run) and WorldError (disk, damaged state).
  // `team`: ranks that follow this process, whose rank 0 it is (FollowLearnRun); null: none.
  LearnRun(const LearnConfig& config, const std::filesystem::path& folder,
           std::shared_ptr<RankTeam> team = nullptr);
  ~LearnRun();

  // Trains what is left until `stop` is set. Throws WorldError; what was saved stays.
  void Go(const std::atomic<bool>& stop);

  // What the run came to; empty while it is not done.
  const std::vector<LearnRow>& rows() const { return rows_; }

 private:
  struct Progress;

  double ShareDone(const Progress& progress) const;  // of steps or budget, from 0 to 1
  bool Done(const Progress& progress) const;
  void Evaluate(Progress& progress);
  void Finish(const Progress& progress);
  void Save(const Progress& progress);
  void Resume(Progress& progress);
  void SaveModel();
  void Train(Progress& progress, const std::atomic<bool>& stop);

  const LearnConfig config_;
  const std::shared_ptr<RankTeam> team_;
  std::unique_ptr<LearnTask> task_;
  std::unique_ptr<Trainer> trainer_;
  RunFolder folder_;
  std::vector<LearnRow> rows_;
};

}  // namespace tengen

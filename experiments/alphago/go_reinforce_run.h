#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "agents/alphago/policy_reinforce.h"
#include "experiments/config/budget.h"
#include "experiments/runs/run_folder.h"
#include "experiments/statistics/interval.h"

namespace tengen {

// Everything that decides a run of `tengen learn go-reinforce`, as in its config.json.
struct GoReinforceConfig {
  // What it begins with: a run with all stages (its sl/), a run or network folder, or run:FOLDER or
  // net:NAME as agents are written; "" in a run that goes on.
  std::string from;
  std::string game = "go:size=9,komi=7";
  // With policy.baseline kValue, where the value network is: a run with all stages (its value/), a
  // run or network folder, or as agents are written; "" in a run that goes on.
  std::string value;
  PolicyReinforceConfig policy;
};

// REINFORCE for a policy network. The folder is a run folder (run_folder.h): checkpoints/ holds the
// network after 0, K, 2K, ... batches, which are the pool, and the newest one; resume/ the
// optimizer. A run that was stopped or killed goes on after the last batch that was saved, with the
// same games. Not thread-safe.
class GoReinforceRun {
 public:
  // Throws UsageError (folder of another run, no network, a game that is not Go or not the
  // networks') and WorldError (disk, device, damaged files).
  GoReinforceRun(GoReinforceConfig config, const std::filesystem::path& folder, Device device,
                 int threads);

  std::string Outlook() const;
  // Until the budget is used up, over all sessions of the run, or `stop` is set. Tells people on
  // stderr. Steps and games of a budget are batches and games of self-play.
  void Go(const Budget& budget, const std::atomic<bool>& stop);
  // The share of points in games against the network that it began with, as many of each colour, by
  // drawn moves without search; appended to the metrics.
  Interval MeasureAgainstStart(int games);

  const PolicyReinforcer& learner() const { return *learner_; }
  const std::filesystem::path& folder() const { return folder_->path(); }

 private:
  void Resume();
  void Save();
  void SaveCheckpoint(const ModelSnapshot& snapshot) const;
  void RemoveOldCheckpoint(std::int64_t but) const;
  double Seconds() const;
  std::int64_t games() const { return learner_->batches() * config_.policy.games; }

  GoReinforceConfig config_;
  const Device device_;
  const int threads_;
  std::shared_ptr<const GoGame> game_;
  std::shared_ptr<Evaluator> value_;  // the baseline; null: none of a network
  std::optional<RunFolder> folder_;
  std::optional<PolicyReinforcer> learner_;
  std::size_t saved_pool_ = 0;
  double seconds_before_ = 0.0;  // of earlier sessions
  double start_s_ = 0.0;
};

}  // namespace tengen

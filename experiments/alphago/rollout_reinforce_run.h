#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include "agents/alphago/linear_reinforce.h"
#include "experiments/config/budget.h"
#include "experiments/runs/run_folder.h"
#include "experiments/statistics/interval.h"

namespace tengen {

// Everything that decides a run of `tengen learn rollout-reinforce`, as in its config.json.
struct RolloutReinforceConfig {
  // A policy's file or run folder, or a run with all stages; "" in a run that goes on.
  std::string from;
  std::string game = "go:size=9,komi=7";
  LinearReinforceConfig linear;
};

// REINFORCE for the linear policy. In the run folder pool/00000000.safetensors is what it began
// with, pool/N what it was after N batches, and kLinearPolicyFile what it is. A run that was
// stopped or killed goes on after the last batch that was saved, with the same games. Not
// thread-safe.
class RolloutReinforceRun {
 public:
  // Throws UsageError (folder of another run, no policy, another game than Go) and WorldError
  // (disk, damaged files).
  RolloutReinforceRun(RolloutReinforceConfig config, const std::filesystem::path& folder);

  std::string Outlook() const;
  // Until the budget is used up, over all sessions of the run, or `stop` is set. Tells people on
  // stderr. A budget's games are those of self-play.
  void Go(const Budget& budget, int threads, const std::atomic<bool>& stop);
  // The share of points in games against the policy that it began with, as many of each colour, by
  // drawn moves without search; appended to the metrics.
  Interval MeasureAgainstStart(int games);

  const LinearReinforcer& learner() const { return *learner_; }
  std::filesystem::path policy_file() const { return folder_->path() / kLinearPolicyFile; }

 private:
  void Resume();
  void SavePool(std::size_t index) const;
  void Save();
  double Seconds() const;
  std::int64_t games() const { return learner_->batches() * config_.linear.games; }

  RolloutReinforceConfig config_;
  std::shared_ptr<const GoGame> game_;
  std::optional<RunFolder> folder_;
  std::optional<LinearReinforcer> learner_;
  std::size_t saved_pool_ = 0;
  double seconds_before_ = 0.0;  // of earlier sessions
  double start_s_ = 0.0;
};

}  // namespace tengen

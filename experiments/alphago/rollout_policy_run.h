#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include "agents/alphago/linear_training.h"
#include "experiments/runs/run_folder.h"
#include "experiments/statistics/interval.h"
#include "experiments/supervised/game_split.h"

namespace tengen {

// Everything that decides a run of `tengen learn rollout-policy`, as in its config.json.
struct RolloutPolicyConfig {
  std::string sgf;  // folder, file or archive of games; "" in a run that goes on: it has them
  int size = 0;     // of the board; 0 = the commonest among the games
  double test_share = 0.1;  // of the games, which are never learnt from
  LinearTrainingConfig linear;
};

// How well the policy foretells the moves of games that it did not learn from.
struct RolloutPolicyResult {
  Interval accuracy;  // top-1, 95 % bootstrap interval over games
  double loss = 0.0;  // nats a move
  std::int64_t positions = 0;
  int games = 0;
};

// One training run of the linear rollout policy. The folder is a run folder (run_folder.h); games/
// holds what is learnt from, held_out/ what is not, and kLinearPolicyFile the policy, written anew
// after every pass through the games. A run that was stopped or killed goes on after the last of
// them and ends with the same weights. Not thread-safe.
class RolloutPolicyRun {
 public:
  // Throws UsageError (folder of another run, no games) and WorldError (disk, damaged files).
  RolloutPolicyRun(RolloutPolicyConfig config, const std::filesystem::path& folder);

  // What is learnt from what, for people, before it starts.
  std::string Outlook() const;
  // Until all epochs are done, or `stop` is set after one of them. Tells people on stderr.
  void Go(const std::atomic<bool>& stop);
  bool done() const { return epochs_ == config_.linear.epochs; }
  // The policy as it stands, on all games that were kept apart; appended to the metrics.
  RolloutPolicyResult Measure();

  const LinearPolicy& policy() const { return *policy_; }
  std::filesystem::path policy_file() const { return folder_->path() / kLinearPolicyFile; }

 private:
  void Begin();
  void Resume();
  void Save() const;

  RolloutPolicyConfig config_;
  std::string told_;  // of the games that were read
  std::optional<RunFolder> folder_;
  GameSplit games_;
  std::optional<LinearPolicy> policy_;
  int epochs_ = 0;  // done
};

}  // namespace tengen

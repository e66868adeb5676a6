#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "experiments/supervised/go_policy_config.h"
#include "experiments/supervised/learn_row.h"

namespace tengen {

class Ranks;

// One training run of self-play's network on game records (Silver et al. 2016, "Supervised learning
// of policy networks", with the value of Silver et al. 2017): the policy learns the moves that were
// played, the value who won, and, where the game was counted, score and ownership. The folder is
// like one of self-play (train/zero_run.h) and plays, is matched and looked at in the same way;
// games/ holds what is learnt from, held_out/ what is not.
//
// A run that was stopped or killed is resumed by constructing it again with the same folder and
// config; with config.train.deterministic its weights are then, byte for byte, those of a run that
// nobody stopped. Not thread-safe.
class GoPolicyRun {
 public:
  // Opens the folder, reads the games. `ranks`: those that follow this process, rank 0 of them,
  // until Go has ended; null: none. Throws UsageError (config, folder of another run, no games) and
  // WorldError (disk, device, damaged state).
  GoPolicyRun(const GoPolicyConfig& config, const std::filesystem::path& folder,
              Ranks* ranks = nullptr);
  ~GoPolicyRun();

  // What is learnt from what, for people, before it starts.
  std::string Outlook() const;

  // Trains until the budget is used up or `stop` is set, then saves. Throws WorldError.
  void Go(const std::atomic<bool>& stop);

  // The network as it stands now on all games that were kept apart.
  std::vector<LearnRow> Measure();
  // After Measure: one paragraph on what came out, with the commands that come next.
  std::string Summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

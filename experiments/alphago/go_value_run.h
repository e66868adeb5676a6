#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "experiments/alphago/rollout_errors.h"
#include "experiments/alphago/value_self_play.h"
#include "experiments/supervised/go_policy_config.h"
#include "experiments/supervised/learn_row.h"

namespace tengen {

// Everything that decides a run of `tengen learn go-value`, as in its config.json.
struct GoValueConfig {
  // The games: of records, all of whose positions are learnt from (learn.sgf, learn.size), or,
  // where play.from names a run with the policy networks, of self-play with one position each.
  ValueSelfPlayConfig play;
  double play_share = 0.6;  // of a budget in time goes into self-play, unless all games are there
  // Network, optimizer, budget, seed, test_share: as of `learn go-policy`, whose loss is not used.
  GoPolicyConfig learn;
  RolloutErrorsConfig rollouts;  // measured beside the network's values

  // A preset of `learn go-policy` (blocks and channels) with its loss for the value. Errors: there
  // is none of that name.
  static Result<GoValueConfig> Preset(const std::string& name);
};

// One training run of a value network: mean squared error between its value and the results of
// games (Silver et al. 2016, equation 8). Its folder is a run folder (run_folder.h) with games/,
// held_out/ and checkpoints/; a run that was stopped or killed goes on by constructing it again.
// Not thread-safe.
class GoValueRun {
 public:
  // Throws UsageError (config, folder of another run, no games, no networks) and WorldError (disk,
  // device, damaged state).
  GoValueRun(const GoValueConfig& config, const std::filesystem::path& folder);
  ~GoValueRun();

  // What is learnt from what, for people, before it starts.
  std::string Outlook() const;
  // Plays, if its games are of self-play, and trains until the budget is used up or `stop` is set,
  // then saves. Tells people on stderr. Throws WorldError.
  void Go(const std::atomic<bool>& stop);
  // The network as it stands now, on all games that were kept apart and on as many positions of the
  // others, and rollouts beside it.
  std::vector<LearnRow> Measure();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

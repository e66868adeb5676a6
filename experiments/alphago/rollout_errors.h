#pragma once

#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "experiments/supervised/learn_row.h"
#include "nets/device.h"
#include "search/evaluator.h"

namespace tengen {

// What stands in figure 2b of Silver et al. 2016 beside the value network: the mean of some
// rollouts by each policy, from the same positions.
struct RolloutErrorsConfig {
  // Besides uniform rollouts: "" none, a linear policy's file or run folder, or a run with several
  // stages, of which rollouts/, sl/ and rl/ are taken where they are.
  std::string policies;
  int rollouts = 100;   // from each position
  int positions = 200;  // of the held-out ones, about; all if there are fewer
};

// Throws UsageError where config.policies names none.
void CheckRolloutPolicies(const RolloutErrorsConfig& config);

// "test MSE of NAME", its interval (" low", " high") and its stretches (" in stretch I", see
// ValueErrors) for the value network and each kind of rollouts, all at the same positions of the
// games, and how many those are. The networks' moves are drawn without search. Throws UsageError (a
// policy that is not there or of another game) and WorldError (a damaged one).
std::vector<LearnRow> RolloutErrorRows(const RolloutErrorsConfig& config, Evaluator& value_network,
                                       const std::vector<GameRecord>& games, Device device,
                                       int threads);

}  // namespace tengen

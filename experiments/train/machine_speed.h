#pragma once

#include <atomic>
#include <optional>

#include "experiments/config/train_config.h"

namespace tengen {

// How fast this machine is at the two halves of a run, each measured with nothing beside it.
struct MachineSpeed {
  double evaluations_per_s = 0.0;             // of self-play on all of its threads
  double steps_per_s = 0.0;                   // of a learner on one thread
  Precision precision = Precision::kFloat32;  // what the configured one came to
  // Of a game, roughly: the mean of uniform play, on boards at most one for each point (uniform
  // play of Go fills the board more than once).
  double plies = 0.0;
};

// Measures for about two seconds: self-play with an untrained network of the run's own size, then
// learner steps on games of uniform play. Makes objects of its own and draws from their streams
// only, so that a run that follows is what it would have been. `stop` ends it early; what was not
// measured is 0 then. REQUIRES: CheckTrainConfig(config), not config.deterministic (one thread
// takes turns there, and time decides nothing).
MachineSpeed MeasureMachine(const TrainConfig& config, const std::atomic<bool>& stop);

// Steps per second of the run's learner alone, on so many threads, for about that long, on games of
// uniform play: drawing and encoding of batches included. REQUIRES: as MeasureMachine.
double MeasureLearnerAlone(const TrainConfig& config, int threads, double seconds);

// What a run does in a second while its halves share the machine. Rough: good to about a half.
struct RunForecast {
  double steps_per_s = 0.0;
  double positions_per_s = 0.0;  // training positions of self-play
  double games_per_s = 0.0;
  double first_games_s = 0.0;  // until the first of the games that begin together end
};

// A learner step waits for its share of new positions (batch_size / samples_per_position), a
// position for the visits of one full search and of the fast ones around it, one evaluation each.
// While the learner computes, one processor of `processors` is missing in self-play, and progress
// matches take their share of all:
//
//   seconds a step = evaluations a step / evaluations_per_s + 1 / (steps_per_s processors)
//
// Empty where the machine was not measured.
std::optional<RunForecast> ForecastRun(const TrainConfig& config, const MachineSpeed& speed,
                                       int processors);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <filesystem>

#include "agents/zero/zero_learner.h"
#include "envs/core/result.h"

namespace tengen {

// What a run needs besides learner and games to go on. Saved with the learner in
// RUN/resume/ (learner.safetensors, learner.json, run.json), which is replaced as a whole.
struct RunState {
  double seconds = 0.0;    // trained so far
  std::int64_t games = 0;  // stored when this was saved
  std::int64_t positions = 0;
  std::uint64_t next_game = 0;      // number for the next self-play game
  std::int64_t published_step = 0;  // of the network that self-play uses
  std::int64_t evaluations = 0;     // asked for by self-play
  double evaluation_s = 0.0;        // spent in progress matches
  double last_elo = 0.0;            // of the newest of them
};

// Throws WorldError; an older state stays whole until the new one stands.
void SaveRunState(const std::filesystem::path& run, const RunState& state,
                  const ZeroLearner& learner);

// Whether there is a state to resume from.
bool HasRunState(const std::filesystem::path& run);
// Throws WorldError where there is none, but a network that was trained: the run would begin anew
// beside the networks and games that it has.
void RequireStateOfTrained(const std::filesystem::path& run);
// Errors name the file and what is wrong with it.
Result<RunState> LoadRunState(const std::filesystem::path& run, ZeroLearner& learner);

}  // namespace tengen

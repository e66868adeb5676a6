#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/alphago/reinforce_game.h"
#include "experiments/commands/run_options.h"
#include "experiments/statistics/interval.h"
#include "experiments/supervised/learn_row.h"

namespace tengen {

// What both tasks of REINFORCE take, for the linear policy and for the network. The numbers of a
// batch begin as the task has them.
struct ReinforceOptions : RunOptions {
  std::string from;
  std::string game = "go:size=9,komi=7";
  std::string baseline = "mean";
  int games = 0;
  int pool_every = 0;
  double rate = 0.0;
  int match_games = 1000;
  bool json = false;
};

struct ReinforceOptionTexts {
  RunOptionTexts run;
  std::string from;                    // what it begins with
  std::string rate;                    // of what the learning rate is
  std::vector<std::string> baselines;  // names that --baseline may be
  std::string baseline;                // what they are
};

// `options` must outlive the command.
void AddReinforceOptions(CLI::App& command, ReinforceOptions& options,
                         const ReinforceOptionTexts& texts);

// Into the fields of a config of either kind. REQUIRES: the command checked the options.
template <typename Config>
void TakeReinforceOptions(const ReinforceOptions& options, Config& config) {
  config.games = options.games;
  config.pool_every = options.pool_every;
  config.baseline = ReinforceBaselineByName(options.baseline).value();
  if (options.seed >= 0) config.seed = static_cast<std::uint64_t>(options.seed);
}

// What a run came to: its match against what it began with, and the commands that come next for
// `agent`, the learner as agents are written. With --json also, as the last line on stdout, the
// match and `rows` of `task`.
void PrintMatchAgainstStart(const ReinforceOptions& options, const std::string& task,
                            const Interval& score, const std::string& agent,
                            const std::vector<LearnRow>& rows);

}  // namespace tengen

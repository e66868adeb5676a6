#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "experiments/alphago/rollout_reinforce_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/commands/reinforce_options.h"

namespace tengen {
namespace {

void RunRolloutReinforce(const ReinforceOptions& options) {
  const Budget budget =
      OrUsageError(Budget::Parse(options.budget.empty() ? "60s" : options.budget));
  RolloutReinforceConfig config;
  config.from = options.from;
  config.game = options.game;
  config.linear.rate = static_cast<float>(options.rate);
  TakeReinforceOptions(options, config.linear);
  const auto& stop = StopRequested();
  RolloutReinforceRun run(config, RunFolderOf(options, "rollout-reinforce"));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(budget, ThreadCount(options.threads), stop);
  if (stop) return;  // the same command goes on
  const Interval score = run.MeasureAgainstStart(options.match_games);
  PrintMatchAgainstStart(options, "rollout-reinforce", score,
                         "rollouts:" + run.policy_file().string() + ",visits=0",
                         {{"batches", static_cast<double>(run.learner().batches()), "batches"}});
}

}  // namespace

void AddLearnRolloutReinforce(CLI::App& learn) {
  auto options = std::make_shared<ReinforceOptions>();
  const LinearReinforceConfig defaults;
  options->games = defaults.games;
  options->pool_every = defaults.pool_every;
  options->rate = static_cast<double>(defaults.rate);
  CLI::App* command = learn.add_subcommand(
      "rollout-reinforce",
      "REINFORCE for the linear policy: games against earlier selves, moves of won games made more "
      "likely; goes on by itself in an existing run folder");
  AddReinforceOptions(
      *command, *options,
      {.run = {.folder = "runs/rollout-reinforce",
               .budget = "10m, 500steps (batches), 20000games (default 60s)",
               .seed = "Seed of all games (default 1)",
               .set = "",
               .device = "",
               .deterministic = ""},
       .from = "The policy to begin with: a file or run folder of 'learn rollout-policy'",
       .rate = "Learning rate",
       .baselines = {"mean", "none"},
       .baseline = "mean (of the batch's other games) or none"});
  command->callback([options] { RunRolloutReinforce(*options); });
}

}  // namespace tengen

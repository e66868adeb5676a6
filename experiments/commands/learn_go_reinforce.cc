#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "experiments/alphago/go_reinforce_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/commands/reinforce_options.h"

namespace tengen {
namespace {

struct GoReinforceOptions : ReinforceOptions {
  std::string value;
};

void RunGoReinforce(const GoReinforceOptions& options) {
  const Budget budget =
      OrUsageError(Budget::Parse(options.budget.empty() ? "60m" : options.budget));
  if (budget.unit == Budget::Unit::kEvaluations) {
    throw UsageError(StrCat("budget '", options.budget, "', wanted time, steps or games"));
  }
  GoReinforceConfig config;
  config.from = options.from;
  config.game = options.game;
  config.value = options.value;
  config.policy.optimizer.lr = options.rate;
  TakeReinforceOptions(options, config.policy);
  const Device device = DeviceOption(options.device.empty() ? "cpu" : options.device);
  const auto& stop = StopRequested();
  GoReinforceRun run(config, RunFolderOf(options, "go-reinforce"), device,
                     ThreadCount(options.threads));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(budget, stop);
  if (stop) return;  // the same command goes on
  const Interval score = run.MeasureAgainstStart(options.match_games);
  const auto batches = static_cast<double>(run.learner().batches());
  PrintMatchAgainstStart(
      options, "go-reinforce", score, "run:" + run.folder().string() + ",visits=0",
      {{"batches", batches, "batches"}, {"games", batches * config.policy.games, "games"}});
}

}  // namespace

void AddLearnGoReinforce(CLI::App& learn) {
  auto options = std::make_shared<GoReinforceOptions>();
  const PolicyReinforceConfig defaults;
  options->games = defaults.games;
  options->pool_every = defaults.pool_every;
  options->rate = defaults.optimizer.lr;
  CLI::App* command = learn.add_subcommand(
      "go-reinforce",
      "REINFORCE for a policy network: games against earlier selves, moves of won games made more "
      "likely; goes on by itself in an existing run folder");
  AddReinforceOptions(
      *command, *options,
      {.run = {.folder = "runs/go-reinforce",
               .budget = "10m, 1h, 500steps (batches), 20000games (default 60m)",
               .seed = "Seed of all games (default 1)",
               .set = "",
               .deterministic = ""},
       .from = "The network to begin with: a run folder of 'learn go-policy', or net:NAME",
       .rate = "Learning rate (Adam)",
       .baselines = {"mean", "none", "value"},
       .baseline = "mean (of the batch's other games), none, or value (what the network of --value "
                   "says of each position)"});
  command->add_option("--value", options->value,
                      "With --baseline value: a run folder of 'learn go-value', or a run of "
                      "'train alphago9' (its value/)");
  command->callback([options] { RunGoReinforce(*options); });
}

}  // namespace tengen

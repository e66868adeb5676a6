#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/alphago/go_reinforce_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/config/shell_word.h"
#include "experiments/supervised/learn_row.h"

namespace tengen {
namespace {

struct GoReinforceOptions {
  GoReinforceConfig config;
  std::string run_dir = "runs/go-reinforce";
  std::string budget = "60m";
  std::string baseline = "mean";
  std::string device = "cpu";
  int match_games = 1000;
  int threads = 0;
  bool json = false;
};

void RunGoReinforce(const GoReinforceOptions& options) {
  GoReinforceConfig config = options.config;
  const Budget budget = OrUsageError(Budget::Parse(options.budget));
  if (budget.unit == Budget::Unit::kEvaluations) {
    throw UsageError(StrCat("budget '", options.budget, "', wanted time, steps or games"));
  }
  config.policy.baseline =
      options.baseline == "mean" ? ReinforceBaseline::kMeanOfRest : ReinforceBaseline::kNone;
  const Device device = DeviceOption(options.device);
  const auto& stop = StopRequested();
  GoReinforceRun run(config, options.run_dir, device, ThreadCount(options.threads));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(budget, stop);
  if (stop) return;  // the same command goes on
  const Interval score = run.MeasureAgainstStart(options.match_games);
  const std::string agent = ShellWord("run:" + run.folder().string() + ",visits=0");
  std::fprintf(AnswerStream(options.json),
               "%.1f %% (%.1f to %.1f) of the points in %d games against what it began with, moves "
               "drawn, no search\nnext:\n  ./tengen match %s mcts:100 --game go:size=9\n",
               100.0 * score.value, 100.0 * score.low, 100.0 * score.high, options.match_games,
               agent.c_str());
  if (!options.json) return;
  const auto batches = static_cast<double>(run.learner().batches());
  PrintJsonLine(RowsJson("go-reinforce", {{"score against the start", 100.0 * score.value, "%"},
                                          {"score against the start low", 100.0 * score.low, "%"},
                                          {"score against the start high", 100.0 * score.high, "%"},
                                          {"batches", batches, "batches"},
                                          {"games", batches * config.policy.games, "games"}}));
}

}  // namespace

void AddLearnGoReinforce(CLI::App& learn) {
  auto options = std::make_shared<GoReinforceOptions>();
  CLI::App* command = learn.add_subcommand(
      "go-reinforce",
      "REINFORCE for a policy network: games against earlier selves, moves of won games made more "
      "likely; goes on by itself in an existing run folder");
  GoReinforceConfig& config = options->config;
  command->add_option("--from", config.from,
                      "The network to begin with: a run folder of 'learn go-policy', or net:NAME");
  command->add_option("--game", config.game, "Game of Go")->capture_default_str();
  command->add_option("--run-dir", options->run_dir, "Run folder")->capture_default_str();
  command
      ->add_option(
          "--budget", options->budget,
          "How long, over all sessions of the run: 10m, 1h, 500steps (batches), 20000games")
      ->capture_default_str();
  command->add_option("--games", config.policy.games, "Games of a batch")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command->add_option("--rate", config.policy.optimizer.lr, "Learning rate (Adam)")
      ->capture_default_str()
      ->check(CLI::Range(1e-8, 1.0));
  command
      ->add_option("--pool-every", config.policy.pool_every,
                   "Batches until it joins the opponents as it stands")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command
      ->add_option("--baseline", options->baseline,
                   "What results are measured from: mean (of the batch's other games) or none")
      ->capture_default_str()
      ->check(CLI::IsMember({"mean", "none"}));
  command->add_option("--match-games", options->match_games, "Games against its start at the end")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_option("--threads", options->threads, "Threads (default: one per processor)")
      ->check(NumberAbove(-1.0));
  command->add_option("--seed", config.policy.seed, "Seed of all games")->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunGoReinforce(*options); });
}

}  // namespace tengen

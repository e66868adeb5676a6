#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/alphago/rollout_policy_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/config/shell_word.h"
#include "experiments/supervised/learn_row.h"

namespace tengen {
namespace {

struct RolloutPolicyOptions {
  RolloutPolicyConfig config;
  std::string run_dir = "runs/rollout-policy";
  bool json = false;
};

double Percent(double share) { return std::round(share * 1000.0) / 10.0; }

void PrintResult(const RolloutPolicyResult& result, const RolloutPolicyRun& run, bool json) {
  const std::string file = ShellWord("rollouts:" + run.policy_file().string());
  std::fprintf(
      AnswerStream(json),
      "foretells %g %% (%g to %g) of %lld moves in %d games that it did not learn from, at "
      "%.3f nats a move; passes left out\nnext:\n  ./tengen match %s mcts:200 --game "
      "go:size=9\n",
      Percent(result.accuracy.value), Percent(result.accuracy.low), Percent(result.accuracy.high),
      static_cast<long long>(result.positions), result.games, result.loss, file.c_str());
  if (!json) return;
  PrintJsonLine(
      RowsJson("rollout-policy",
               {{"top-1 accuracy", 100.0 * result.accuracy.value, "%"},
                {"top-1 accuracy low", 100.0 * result.accuracy.low, "%"},
                {"top-1 accuracy high", 100.0 * result.accuracy.high, "%"},
                {"validation loss", result.loss, "nats"},
                {"held-out games", static_cast<double>(result.games), "games"},
                {"held-out positions", static_cast<double>(result.positions), "positions"}}));
}

void RunRolloutPolicy(const RolloutPolicyOptions& options) {
  const auto& stop = StopRequested();
  RolloutPolicyRun run(options.config, options.run_dir);
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  if (!run.done()) return;  // the same command goes on
  PrintResult(run.Measure(), run, options.json);
}

}  // namespace

void AddLearnRolloutPolicy(CLI::App& learn) {
  auto options = std::make_shared<RolloutPolicyOptions>();
  CLI::App* command = learn.add_subcommand("rollout-policy",
                                           "AlphaGo's fast policy, a linear softmax over local "
                                           "patterns, from the moves of game records; "
                                           "goes on by itself in an existing run folder");
  RolloutPolicyConfig& config = options->config;
  command->add_option("--sgf", config.sgf,
                      "Games: a folder, an SGF file, or a .tar or .tar.gz archive (default: the "
                      "data set go9x9, if it is there)");
  command->add_option("--size", config.size, "Board size (default: the commonest of the games)")
      ->check(NumberAbove(-1.0));
  command->add_option("--run-dir", options->run_dir, "Run folder")->capture_default_str();
  command->add_option("--epochs", config.linear.epochs, "Passes through the games")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--rate", config.linear.rate,
                   "Learning rate at the start; it falls in a line to 0")
      ->capture_default_str()
      ->check(NumberFrom(1e-6, 1.0));
  command
      ->add_option("--least-count", config.linear.least_count,
                   "How many moves must show a pattern for it to count")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command->add_option("--seed", config.linear.seed, "Seed of the order of the games")
      ->capture_default_str()
      ->check(SeedNumber());
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunRolloutPolicy(*options); });
}

}  // namespace tengen

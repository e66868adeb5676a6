#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/alphago/go_value_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/commands/run_options.h"

namespace tengen {
namespace {

struct GoValueOptions : RunOptions {
  std::string preset = "4x64";
  std::string sgf;
  std::string from;
  std::string game = "go:size=9,komi=7";
  std::string rollouts;
  long long games = 100'000;
  int size = -1;
  int batch_games = 128;
  int rollout_positions = 200;
  double play_share = 0.6;
  bool json = false;
};

GoValueConfig ResolveConfig(const GoValueOptions& options) {
  GoValueConfig config = OrUsageError(GoValueConfig::Preset(options.preset));
  if (!options.sgf.empty() && !options.from.empty()) {
    throw UsageError("--sgf and --from, wanted one of them: the games are records or self-play");
  }
  ForEachAssignment(options, [&config](const nlohmann::json& change) {
    return GoPolicyConfigFromJson(change, config.learn);
  });
  config.learn.sgf = options.sgf;
  if (options.size >= 0) config.learn.size = options.size;
  config.play.from = options.from;
  config.play.game = options.game;
  config.play.games = options.games;
  config.play.batch_games = options.batch_games;
  config.play_share = options.play_share;
  config.rollouts.policies = options.rollouts;
  config.rollouts.positions = options.rollout_positions;
  CheckRolloutPolicies(config.rollouts);
  TakeRunOptions(options, config.learn.train);
  OrUsageError(CheckGoPolicyConfig(config.learn));
  DeviceOption(config.learn.train.device);
  return config;
}

void RunGoValue(const GoValueOptions& options) {
  const GoValueConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", GoPolicyConfigToJson(config.learn).dump(2).c_str());
    return;
  }
  const auto& stop = StopRequested();
  GoValueRun run(config, RunFolderOf(options, config.learn.train.name));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  if (stop) return;  // the same command goes on
  const std::vector<LearnRow> rows = run.Measure();
  std::FILE* out = AnswerStream(options.json);
  std::fprintf(out, "mean squared errors (1 is to know nothing):\n");
  for (const LearnRow& row : rows) {
    std::fprintf(out, "  %-45s %.5g %s\n", row.name.c_str(), row.value, row.unit.c_str());
  }
  if (options.json) PrintJsonLine(RowsJson("go-value", rows));
}

}  // namespace

void AddLearnGoValue(CLI::App& learn) {
  auto options = std::make_shared<GoValueOptions>();
  CLI::App* command = learn.add_subcommand(
      "go-value",
      "AlphaGo's value network: who wins from a position, of all positions of game records or of "
      "one of each self-play game; goes on by itself in an existing run folder");
  command->add_option("preset", options->preset,
                      "Blocks and channels: " + Join(GoPolicyPresets()) + " (default 4x64)");
  command->add_option("--sgf", options->sgf,
                      "Game records: a folder, an SGF file, or a .tar or .tar.gz archive");
  command->add_option("--size", options->size, "Board size of the records (default: the commonest)")
      ->check(NumberAbove(-1.0));
  command->add_option("--from", options->from,
                      "A run with sl/ and rl/ whose policies play the games instead");
  command->add_option("--game", options->game, "With --from: the game")->capture_default_str();
  command->add_option("--games", options->games, "With --from: games with a position, at most")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--play-share", options->play_share,
                   "With --from: share of a budget in time, at most, that goes into self-play")
      ->capture_default_str()
      ->check(NumberFrom(0.01, 0.99));
  command->add_option("--batch-games", options->batch_games, "With --from: games at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command->add_option("--rollouts", options->rollouts,
                      "Measure rollouts of these policies beside it too: a file or run folder of "
                      "'learn rollout-policy', or a run with rollouts/, sl/ and rl/");
  command
      ->add_option("--rollout-positions", options->rollout_positions,
                   "Held-out positions, about, that it and rollouts are measured at")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  AddRunOptions(*command, *options,
                {.folder = "runs/go-value-PRESET",
                 .budget = "90s, 10m, 2h, 500steps",
                 .seed = "Seed of all randomness but the choice of held-out records (default 1)",
                 .set = "learner.batch_size=256"});
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunGoValue(*options); });
}

}  // namespace tengen

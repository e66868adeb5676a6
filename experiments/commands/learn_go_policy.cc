#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/commands/run_options.h"
#include "experiments/supervised/go_policy_run.h"

namespace tengen {
namespace {

struct GoPolicyOptions : RunOptions {
  std::string preset = "4x64";
  std::string sgf;
  int size = -1;
  bool json = false;
};

GoPolicyConfig ResolveConfig(const GoPolicyOptions& options) {
  GoPolicyConfig config = OrUsageError(LoadGoPolicyPreset(options.preset));
  ForEachAssignment(options, [&config](const nlohmann::json& change) {
    return GoPolicyConfigFromJson(change, config);
  });
  if (!options.sgf.empty()) config.sgf = options.sgf;
  if (options.size >= 0) config.size = options.size;
  TakeRunOptions(options, config.train);
  OrUsageError(CheckGoPolicyConfig(config));
  DeviceOption(config.train.device);
  return config;
}

void RunGoPolicy(const GoPolicyOptions& options) {
  const GoPolicyConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", GoPolicyConfigToJson(config).dump(2).c_str());
    return;
  }
  const auto& stop = StopRequested();
  GoPolicyRun run(config, RunFolderOf(options, config.train.name));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  if (stop) return;  // the same command goes on
  const std::vector<LearnRow> rows = run.Measure();
  std::fprintf(AnswerStream(options.json), "%s\n", run.Summary().c_str());
  if (options.json) PrintJsonLine(RowsJson("go-policy", rows));
}

}  // namespace

void AddLearnGoPolicy(CLI::App& learn) {
  auto options = std::make_shared<GoPolicyOptions>();
  CLI::App* command = learn.add_subcommand(
      "go-policy",
      "The network of self-play from game records: the moves that were played and who "
      "won; goes on by itself in an existing run folder");
  command->add_option("preset", options->preset,
                      "Blocks and channels: " + Join(GoPolicyPresets()) + " (default 4x64)");
  command->add_option(
      "--sgf", options->sgf,
      "Games: a folder, an SGF file, or a .tar or .tar.gz archive (default: the data "
      "set go9x9, if it is there)");
  command->add_option("--size", options->size, "Board size (default: the commonest of the games)")
      ->check(NumberAbove(-1.0));
  AddRunOptions(*command, *options,
                {.folder = "runs/go-policy-PRESET",
                 .budget = "90s, 10m, 2h, 500steps",
                 .seed = "Seed of all randomness but the choice of held-out games (default 1)",
                 .set = "learner.batch_size=256"});
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunGoPolicy(*options); });
}

}  // namespace tengen

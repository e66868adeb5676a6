#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/config/json_fields.h"
#include "experiments/supervised/go_policy_run.h"

namespace tengen {
namespace {

struct GoPolicyOptions {
  std::string preset = "4x64";
  std::string sgf;
  std::string run_dir;
  std::string budget;
  std::string device;
  std::vector<std::string> set;
  int size = -1;
  long long seed = -1;
  int threads = -1;
  bool deterministic = false;
  bool print_config = false;
  bool json = false;
};

GoPolicyConfig ResolveConfig(const GoPolicyOptions& options) {
  GoPolicyConfig config = OrUsageError(LoadGoPolicyPreset(options.preset));
  for (const std::string& assignment : options.set) {
    const nlohmann::json change = OrUsageError(ParseAssignment(assignment));
    OrUsageError(GoPolicyConfigFromJson(change, config));
  }
  if (!options.sgf.empty()) config.sgf = options.sgf;
  if (options.size >= 0) config.size = options.size;
  TrainConfig& train = config.train;
  if (!options.budget.empty()) train.budget = options.budget;
  if (!options.device.empty()) train.device = options.device;
  if (options.seed >= 0) train.seed = static_cast<std::uint64_t>(options.seed);
  if (options.threads >= 0) train.threads = options.threads;
  if (options.deterministic) train.deterministic = true;
  OrUsageError(CheckGoPolicyConfig(config));
  DeviceOption(train.device);
  return config;
}

void RunGoPolicy(const GoPolicyOptions& options) {
  const GoPolicyConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", GoPolicyConfigToJson(config).dump(2).c_str());
    return;
  }
  const std::string folder =
      options.run_dir.empty() ? "runs/" + config.train.name : options.run_dir;
  const auto& stop = StopRequested();
  GoPolicyRun run(config, folder);
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
  command->add_option("--run-dir", options->run_dir, "Run folder (default: runs/go-policy-PRESET)");
  command->add_option("--budget", options->budget,
                      "How long, over all sessions of the run: 90s, 10m, 2h, 500steps");
  command
      ->add_option("--seed", options->seed,
                   "Seed of all randomness but the choice of held-out games (default 1)")
      ->check(NumberAbove(-1.0));
  command
      ->add_option("--set", options->set,
                   "Change a config value, such as --set learner.batch_size=256 (repeatable)")
      ->take_all();
  command->add_option("--device", options->device, kDeviceHelp);
  command->add_option("--threads", options->threads, "Threads (default: processors)")
      ->check(NumberAbove(-1.0));
  command->add_flag("--deterministic", options->deterministic,
                    "One thread; equal seeds give equal weights, byte for byte");
  command->add_flag("--print-config", options->print_config, "Print the resolved config and stop");
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunGoPolicy(*options); });
}

}  // namespace tengen

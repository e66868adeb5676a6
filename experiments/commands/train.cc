#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/config/json_fields.h"
#include "experiments/config/train_config.h"
#include "experiments/train/zero_run.h"

namespace tengen {
namespace {

struct TrainOptions {
  std::string preset;
  std::string run_dir;
  std::string budget;
  std::string device;
  std::string selfplay_device;
  std::vector<std::string> set;
  long long seed = -1;
  int threads = -1;
  bool deterministic = false;
  bool no_forecast = false;
  bool print_config = false;
};

TrainConfig ResolveConfig(const TrainOptions& options) {
  TrainConfig config = OrUsageError(LoadTrainConfig(options.preset));
  for (const std::string& assignment : options.set) {
    const nlohmann::json change = OrUsageError(ParseAssignment(assignment));
    OrUsageError(TrainConfigFromJson(change, config));
  }
  if (!options.budget.empty()) config.budget = options.budget;
  if (!options.device.empty()) config.device = options.device;
  if (!options.selfplay_device.empty()) config.selfplay_device = options.selfplay_device;
  if (options.seed >= 0) config.seed = static_cast<std::uint64_t>(options.seed);
  if (options.threads >= 0) config.threads = options.threads;
  if (options.deterministic) config.deterministic = true;
  OrUsageError(CheckTrainConfig(config));
  for (const std::string& name : {config.device, SelfPlayDeviceName(config)}) {
    const auto device = ParseDevice(name);
    if (device) continue;
    // A name that is none is wrong use; a device that is not there is the world's fault.
    if (!DeviceByName(name)) throw UsageError(device.error());
    throw WorldError(device.error());
  }
  return config;
}

void RunTrain(const TrainOptions& options) {
  const TrainConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", TrainConfigToJson(config).dump(2).c_str());
    return;
  }
  const std::string folder = options.run_dir.empty() ? "runs/" + config.name : options.run_dir;
  const auto& stop = StopRequested();
  ZeroRun run(config, folder);
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  const std::string forecast = options.no_forecast ? "" : run.Forecast(stop);
  if (!forecast.empty()) std::fprintf(stderr, "%s\n", forecast.c_str());
  run.Go(stop);
  std::fprintf(stderr, "%s\n", run.Summary().c_str());
}

}  // namespace

void AddTrainCommand(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  std::string presets;
  for (const std::string& name : PresetNames()) presets += (presets.empty() ? "" : ", ") + name;
  CLI::App* command = app.add_subcommand(kTrainText.name, kTrainText.summary);
  command->add_option("preset", options->preset, "Preset (" + presets + ") or JSON config file")
      ->required();
  command->add_option("--run-dir", options->run_dir, "Run folder (default: runs/PRESET)");
  command->add_option("--budget", options->budget,
                      "How long, over all sessions of the run: 90s, 10m, 2h, 500steps, 200games");
  command->add_option("--seed", options->seed, "Seed of all randomness (default 1)")
      ->check(NumberAbove(-1.0));
  command
      ->add_option("--set", options->set,
                   "Change a config value, such as --set selfplay.full_visits=64 (repeatable)")
      ->take_all();
  command->add_option("--device", options->device, kDeviceHelp);
  command->add_option("--selfplay-device", options->selfplay_device,
                      "Of self-play, where it is not the learner's (--device)");
  command->add_option("--threads", options->threads, "Self-play threads (default: processors)")
      ->check(NumberAbove(-1.0));
  command->add_flag("--deterministic", options->deterministic,
                    "One thread; equal seeds give equal records and weights, byte for byte");
  command->add_flag("--no-forecast", options->no_forecast,
                    "Start at once, without measuring the machine for two seconds");
  command->add_flag("--print-config", options->print_config, "Print the resolved config and stop");
  command->callback([options] { RunTrain(*options); });
}

}  // namespace tengen

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/train_options.h"
#include "experiments/train/ranks.h"
#include "experiments/train/zero_run.h"

namespace tengen {
namespace {

void RunTrain(const TrainOptions& options, bool forecast) {
  const TrainConfig config = ResolveTrainConfig(options);
  if (options.print_config) {
    std::printf("%s\n", TrainConfigToJson(config).dump(2).c_str());
    return;
  }
  const auto& stop = StopRequested();
  const std::unique_ptr<Ranks> ranks = Ranks::Join(options.ranks, config);
  if (ranks && !ranks->leads()) return ranks->Follow(config.device);
  ZeroRun run(config, RunFolderOf(options, config), {}, ranks ? ranks->team() : nullptr);
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  const std::string expected = forecast ? run.Forecast(stop) : "";
  if (!expected.empty()) std::fprintf(stderr, "%s\n", expected.c_str());
  run.Go(stop);
  std::fprintf(stderr, "%s\n", run.Summary().c_str());
}

}  // namespace

void AddTrainCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(kTrainText.name, kTrainText.summary);
  const auto options = AddTrainOptions(*command, /*plays=*/true);
  auto no_forecast = std::make_shared<bool>(false);
  command->add_flag("--no-forecast", *no_forecast,
                    "Start at once, without measuring the machine for two seconds");
  command->callback([options, no_forecast] { RunTrain(*options, !*no_forecast); });
}

}  // namespace tengen

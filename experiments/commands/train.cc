#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/core/game_options.h"
#include "envs/core/join.h"
#include "experiments/alphago/alphago_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/train_options.h"
#include "experiments/config/json_fields.h"
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
  const std::unique_ptr<Ranks> ranks = Ranks::Join(options.ranks, config);
  const auto& stop = StopRequested();
  if (ranks && !ranks->leads()) return ranks->Follow(config.device);
  ZeroRun run(config, RunFolderOf(options, config.name), {}, ranks ? ranks->team() : nullptr);
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  const std::string expected = forecast ? run.Forecast(stop) : "";
  if (!expected.empty()) std::fprintf(stderr, "%s\n", expected.c_str());
  run.Go(stop);
  std::fprintf(stderr, "%s\n", run.Summary().c_str());
}

// The options of alphago9 alone.
struct AlphaGoTrainOptions {
  std::string sgf;
  std::string teacher;
  std::string stage;
};

AlphaGoConfig ResolveAlphaGo(const TrainOptions& options, const AlphaGoTrainOptions& own,
                             AlphaGoConfig config) {
  const char* refused = !options.start.empty()             ? "--start"
                        : !options.selfplay_device.empty() ? "--selfplay-device"
                        : options.deterministic            ? "--deterministic"
                                                           : nullptr;
  if (refused != nullptr) {
    throw UsageError(StrCat(refused, " is not for ", options.preset,
                            ", wanted --sgf, --teacher, "
                            "--stage, --budget, --seed, --threads, --device or --set"));
  }
  if (!own.sgf.empty() && !own.teacher.empty()) {
    throw UsageError("--sgf and --teacher, wanted one of them: the games are there or are made");
  }
  ForEachAssignment(options, [&config](const nlohmann::json& change) {
    return AlphaGoConfigFromJson(change, config);
  });
  if (!own.sgf.empty()) config.sgf = own.sgf;
  if (!own.teacher.empty()) config.teacher = own.teacher;
  if (!options.budget.empty()) config.budget = options.budget;
  if (options.seed >= 0) config.seed = static_cast<std::uint64_t>(options.seed);
  OrUsageError(CheckAlphaGoConfig(config));
  return config;
}

void RunAlphaGo(const TrainOptions& options, const AlphaGoTrainOptions& own,
                const AlphaGoConfig& loaded) {
  const AlphaGoConfig config = ResolveAlphaGo(options, own, loaded);
  if (options.print_config) {
    std::printf("%s\n", AlphaGoConfigToJson(config).dump(2).c_str());
    return;
  }
  std::optional<PipelineStage> stage;
  if (!own.stage.empty()) stage = OrUsageError(PipelineStageByName(own.stage));
  const std::string device = options.device.empty() ? "cpu" : options.device;
  DeviceOption(device);
  const auto& stop = StopRequested();
  AlphaGoRun run(config, RunFolderOf(options, config.name), device, ThreadCount(options.threads));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stage, stop);
  std::printf("%s\n", run.Summary().c_str());
}

// A preset of AlphaGo that was mistyped; those of others are known elsewhere.
void CheckSpelling(const std::string& preset) {
  std::vector<std::string> names = PresetNames();
  const std::vector<std::string> alphago = AlphaGoPresets();
  names.insert(names.end(), alphago.begin(), alphago.end());
  const std::string nearest = NearestName(preset, names);
  std::error_code ignored;
  if (nearest == preset || std::find(alphago.begin(), alphago.end(), nearest) == alphago.end() ||
      std::filesystem::exists(preset, ignored)) {
    return;
  }
  throw UsageError(
      StrCat("no preset or config file '", preset, "'; did you mean '", nearest, "'?"));
}

void RunAny(const TrainOptions& options, const AlphaGoTrainOptions& alphago, bool forecast) {
  const auto loaded = OrUsageError(LoadAlphaGoConfig(options.preset));
  if (!loaded) CheckSpelling(options.preset);
  if (loaded) return RunAlphaGo(options, alphago, *loaded);
  const char* refused = !alphago.sgf.empty()       ? "--sgf"
                        : !alphago.teacher.empty() ? "--teacher"
                        : !alphago.stage.empty()   ? "--stage"
                                                   : nullptr;
  if (refused != nullptr) {
    throw UsageError(StrCat(refused, " is for ", Join(AlphaGoPresets()), " alone, met preset '",
                            options.preset, "'"));
  }
  RunTrain(options, forecast);
}

}  // namespace

void AddTrainCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(kTrainText.name, kTrainText.summary);
  const auto options = AddTrainOptions(*command, /*plays=*/true);
  auto no_forecast = std::make_shared<bool>(false);
  command->add_flag("--no-forecast", *no_forecast,
                    "Start at once, without measuring the machine for two seconds");
  auto alphago = std::make_shared<AlphaGoTrainOptions>();
  command->add_option("--sgf", alphago->sgf,
                      "alphago9: learn from these games, a folder, an SGF file, or a .tar or "
                      ".tar.gz archive");
  command->add_option("--teacher", alphago->teacher,
                      "alphago9: or from games that this network's policy plays, such as "
                      "katago:FILE (default: net:go9)");
  command->add_option(
      "--stage", alphago->stage,
      "alphago9: run this stage alone: games, rollouts, rollouts-rl, sl, rl, value");
  command->callback([options, alphago, no_forecast] { RunAny(*options, *alphago, !*no_forecast); });
}

}  // namespace tengen

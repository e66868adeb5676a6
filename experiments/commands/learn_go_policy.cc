#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/alphago/teacher_games.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/commands/run_options.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/processor.h"
#include "experiments/datasets/catalogue.h"
#include "experiments/supervised/go_policy_run.h"
#include "experiments/supervised/go_policy_start.h"
#include "experiments/train/ranks.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlayer = "net:go9";
constexpr int kPlayedGames = 2048;
constexpr double kLongest_s = 1200.0;  // ranks that wait give up after half an hour

struct GoPolicyOptions : RunOptions {
  std::string preset = "4x64";
  std::string sgf;
  int size = -1;
  int ranks = 1;
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

// Games of the network in the box, beside the run folders, so that they are played once for all.
fs::path PlayGames(const GoPolicyConfig& config, const fs::path& run,
                   const std::atomic<bool>& stop) {
  const int size = config.size > 0 ? config.size : 9;
  const fs::path folder = run.lexically_normal().parent_path() / StrCat("games-of-go9-", size);
  std::fprintf(stderr,
               "no --sgf, and the data set go9x9 is not there: learns from %d games of %s on %dx%d "
               "in %s\n",
               kPlayedGames, kPlayer, size, size, folder.c_str());
  const auto game =
      std::static_pointer_cast<const GoGame>(GameOrUsageError(StrCat("go:size=", size)));
  const int threads = config.train.threads > 0 ? config.train.threads : ProcessorCount();
  TeacherGames(kPlayer, game, DeviceOption(config.train.device), threads)
      .Go(folder, kPlayedGames, kLongest_s, /*seed=*/1, stop);
  return folder;
}

void RunGoPolicy(const GoPolicyOptions& options) {
  GoPolicyConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", GoPolicyConfigToJson(config).dump(2).c_str());
    return;
  }
  const std::unique_ptr<Ranks> ranks = Ranks::Join(
      options.ranks, SharedBatch{"learner.batch_size", config.train.learner.batch_size});
  const auto& stop = StopRequested();
  if (ranks && !ranks->leads()) return ranks->Follow(config.train.device);
  if (ranks && config.train.threads == 0) config.train.threads = ranks->ThreadsHere();
  const fs::path folder = RunFolderOf(options, config.train.name);
  config = WithStoredGames(config, folder);
  if (config.sgf.empty() && !LocateData(**FindKnownData("go9x9"))) {
    config.sgf = PlayGames(config, folder, stop).string();
    if (stop) return;  // the same command plays on
  }
  GoPolicyRun run(config, folder, ranks.get());
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
      "set go9x9, if it is there, else games that net:go9 plays)");
  command->add_option("--size", options->size, "Board size (default: the commonest of the games)")
      ->check(NumberAbove(-1.0));
  AddRunOptions(*command, *options,
                {.folder = "runs/go-policy-PRESET",
                 .budget = "90s, 10m, 2h, 500steps",
                 .seed = "Seed of all randomness but the choice of held-out games (default 1)",
                 .set = "learner.batch_size=256"});
  AddRanksOption(*command, options->ranks);
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunGoPolicy(*options); });
}

}  // namespace tengen

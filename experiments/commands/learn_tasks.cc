#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/learn.h"
#include "experiments/commands/run_options.h"
#include "experiments/statistics/seed_statistics.h"
#include "experiments/supervised/compare_optimizers.h"
#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/learn_folds.h"
#include "experiments/supervised/learn_ranks.h"
#include "experiments/supervised/learn_run.h"
#include "experiments/supervised/learn_study.h"
#include "experiments/train/ranks.h"

namespace tengen {
namespace {

constexpr const char* kCompareTask = "compare-optimizers";

struct LearnOptions : RunOptions {
  std::string task;
  std::string preset;
  std::string data;
  std::string label;
  std::string folds;
  long long steps = 0;
  bool study = false;
  bool json = false;
  int ranks = 1;
};

// What `--data` stands in for, if no preset is named: the one for such data.
std::string PresetFor(const LearnOptions& options) {
  if (!options.preset.empty()) return options.preset;
  const std::vector<std::string> presets = LearnPresets(options.task);
  if (presets.empty()) return "";
  if (!options.data.empty()) {
    for (const char* general : {"table", "pictures"}) {
      if (std::find(presets.begin(), presets.end(), general) != presets.end()) return general;
    }
  }
  return presets.front();
}

LearnConfig ResolveConfig(const LearnOptions& options) {
  LearnConfig config = OrUsageError(LearnPreset(options.task, PresetFor(options)));
  if (!options.data.empty()) config.data.source = options.data;
  if (!options.label.empty()) config.data.label = options.label;
  ForEachAssignment(options, [&config](const nlohmann::json& change) {
    return LearnConfigFromJson(change, config);
  });
  if (options.steps > 0) config.steps = options.steps;
  TakeRunOptions(options, config);
  if (config.data.source.empty()) {
    throw UsageError(StrCat("learn ", config.task, " ", config.preset,
                            " has no data of its own, wanted --data FILE or FOLDER"));
  }
  OrUsageError(CheckLearnConfig(config));
  DeviceOption(config.device);
  return config;
}

void Report(const std::string& task, const std::vector<LearnRow>& rows, bool json) {
  std::FILE* out = AnswerStream(json);
  for (const LearnRow& row : rows) {
    const char* format = row.unit == "%" ? "%s: %.2f%s%s\n" : "%s: %.6g%s%s\n";
    std::fprintf(out, format, row.name.c_str(), row.value, row.unit.empty() ? "" : " ",
                 row.unit.c_str());
  }
  if (json) PrintJsonLine(RowsJson(task, rows));
}

// Of a rank above 0.
void Follow(Ranks& ranks, const LearnConfig& own) {
  LearnConfig config;
  const Status read = LearnConfigFromJson(ranks.AwaitConfig(), config);
  if (!read) throw WorldError("rank 0's config is not for this version: " + read.error());
  config.device = ranks.DeviceHere(own.device);
  config.threads = own.threads;
  FollowLearnRun(config, ranks.team());
}

void RunLearn(const LearnOptions& options) {
  LearnConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", LearnConfigToJson(config).dump(2).c_str());
    return;
  }
  const auto check_ranks = [&options](bool several) {
    if (!several || (!options.study && options.folds.empty())) return;
    throw UsageError("several ranks with --folds or --study, wanted one run for them to share");
  };
  check_ranks(options.ranks > 1);
  const std::unique_ptr<Ranks> ranks =
      Ranks::Join(options.ranks, SharedBatch{"batch_size", config.batch_size});
  const auto& stop = StopRequested();
  check_ranks(ranks != nullptr);
  if (ranks) {
    if (config.threads == 0) config.threads = config.deterministic ? 1 : ranks->ThreadsHere();
    if (!ranks->leads()) return Follow(*ranks, config);
    ranks->Lead(LearnConfigToJson(config));
  }
  const std::string folder = RunFolderOf(options, StrCat(config.task, "-", config.preset));
  std::fprintf(stderr, "learn %s %s from %s, in %s\n", config.task.c_str(), config.preset.c_str(),
               config.data.source.c_str(), folder.c_str());
  std::vector<LearnRow> rows;
  if (options.folds.empty()) {
    LearnRun run(config, folder, ranks ? ranks->team() : nullptr);
    run.Go(stop);
    rows = run.rows();
    if (options.study && !rows.empty()) {
      const std::vector<LearnRow> more = StudyTask(config, folder, stop);
      if (more.empty()) rows.clear();
      rows.insert(rows.end(), more.begin(), more.end());
    }
  } else {
    rows = LearnFolds(config, options.folds, folder, stop);
  }
  if (rows.empty()) {
    std::fprintf(stderr, "stopped; the same command goes on\n");
    return;
  }
  Report(config.task, rows, options.json);
}

void RunCompareOptimizers(const LearnOptions& options) {
  const std::string folder = RunFolderOf(options, kCompareTask);
  const std::vector<LearnRow> rows =
      CompareOptimizers({.steps = options.steps, .seed = options.seed}, folder, StopRequested());
  if (rows.empty()) {
    std::fprintf(stderr, "stopped; the same command goes on\n");
    return;
  }
  Report(kCompareTask, rows, options.json);
}

// In the help.
std::string SummaryOf(const std::string& task) {
  if (task == "linear") return "Linear regression, beside the closed form";
  if (task == "mlp") return "A multilayer perceptron: tables";
  if (task == "cnn") return "A convolutional network: pictures";
  if (task == "rnn") return "A recurrent network: sounds and texts";
  return "A decoder-only transformer: texts";
}

void AddCompareOptimizers(CLI::App& learn) {
  auto options = std::make_shared<LearnOptions>();
  CLI::App* command = learn.add_subcommand(
      kCompareTask, "Every optimizer on one task, their curves in RUN/curve.svg");
  command->add_option("--run-dir", options->run_dir, "Folder (default: runs/compare-optimizers)");
  command->add_option("--steps", options->steps, "Updates of each (default 600)")
      ->check(NumberAbove(0.0));
  command->add_option("--seed", options->seed, "Seed of all randomness (default 1)")
      ->check(SeedNumber());
  command->add_flag("--json", options->json, "Last line on stdout: what each came to, as JSON");
  command->callback([options] { RunCompareOptimizers(*options); });
}

void AddTask(CLI::App& learn, const std::string& task) {
  auto options = std::make_shared<LearnOptions>();
  options->task = task;
  CLI::App* command = learn.add_subcommand(task, SummaryOf(task));
  command->add_option(
      "preset", options->preset,
      "Preset: " + Join(LearnPresets(task)) + " (default: the first, which needs no data)");
  command->add_option("--data", options->data,
                      "File, folder or known set (tengen data list) in place of the preset's");
  command->add_option("--label", options->label, "Column of a table to be learnt (default: label)");
  command->add_option("--steps", options->steps, "Updates (default: the preset's)")
      ->check(NumberAbove(0.0));
  command->add_option("--folds", options->folds,
                      "Train once for each of so many stratified folds, or with 'groups' for each "
                      "speaker left out, and give the mean");
  command->add_flag("--study", options->study,
                    "Then train with parts of the data, and without dropout, for the page's "
                    "questions of little data and leakage");
  AddRunOptions(*command, *options,
                {.folder = "runs/TASK-PRESET",
                 .budget = "90s, 10m, 500steps, and no more than --steps",
                 .set = "trainer.optimizer.lr=1e-3"});
  AddRanksOption(*command, options->ranks);
  command->add_flag("--json", options->json, "Last line on stdout: what it came to, as JSON");
  command->callback([options] { RunLearn(*options); });
}

}  // namespace

void AddLearnTasks(CLI::App& learn) {
  for (const std::string& task : LearnTasks()) AddTask(learn, task);
  AddCompareOptimizers(learn);
}

}  // namespace tengen

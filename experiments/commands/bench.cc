#include "experiments/bench/bench.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/bench/board_bench.h"
#include "experiments/bench/env_bench.h"
#include "experiments/bench/net_bench.h"
#include "experiments/bench/selfplay_bench.h"
#include "experiments/bench/tree_bench.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/config/processor.h"
#include "experiments/config/train_config.h"

namespace tengen {
namespace {

struct BenchOptions {
  std::string part;
  double seconds = 10.0;
  unsigned long long seed = 1;
  std::vector<std::string> compare;
  std::string preset = "go5";
  bool json = false;
};

SelfPlayBenchOptions SelfPlayOptions(const BenchOptions& options) {
  const TrainConfig config = OrUsageError(LoadTrainConfig(options.preset));
  SelfPlayBenchOptions bench;
  bench.selfplay = config.selfplay;
  bench.model = OrUsageError(TrainModelConfig(config));
  bench.seconds = options.seconds;
  bench.seed = options.seed;
  return bench;
}

NetBenchOptions NetOptions(const BenchOptions& options) {
  NetBenchOptions bench;
  bench.seconds_per_row = options.seconds / 20.0;
  return bench;
}

std::vector<BenchRow> RunPart(const BenchOptions& options) {
  if (options.part == "board") {
    return BenchBoard({options.seconds, options.seed, options.compare});
  }
  if (options.part == "env") return BenchEnv({options.seconds, options.seed, options.compare});
  if (options.part == "tree") return BenchTree(options.seconds, options.seed);
  if (options.part == "net") return BenchNet(NetOptions(options));
  return BenchSelfPlay(SelfPlayOptions(options));
}

void RunBench(const BenchOptions& options) {
  const std::vector<BenchRow> rows = RunPart(options);
  nlohmann::ordered_json json_rows = nlohmann::ordered_json::array();
  std::FILE* out = AnswerStream(options.json);
  std::fprintf(out, "bench %s on %s\n", options.part.c_str(), ProcessorName().c_str());
  for (const BenchRow& row : rows) {
    std::fprintf(out, "  %-44s %14.4g %-14s", row.name.c_str(), row.value, row.unit.c_str());
    nlohmann::ordered_json json = {{"name", row.name}, {"value", row.value}, {"unit", row.unit}};
    if (!row.against.empty()) {
      std::fprintf(out, " %.3f x %s", row.ratio, row.against.c_str());
      json["against"] = row.against;
      json["ratio"] = row.ratio;
    }
    std::fputc('\n', out);
    json_rows.push_back(std::move(json));
  }
  if (options.json) {
    PrintJsonLine({{"part", options.part}, {"processor", ProcessorName()}, {"rows", json_rows}});
  }
}

}  // namespace

void AddBenchCommand(CLI::App& app) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand(kBenchText.name, kBenchText.summary);
  command
      ->add_option(
          "part", options->part,
          "board: random Go moves; env: steps of the control tasks; tree: search without "
          "network; net: raw forward passes; selfplay: evaluations against raw forward passes")
      ->required()
      ->check(CLI::IsMember({"board", "env", "tree", "net", "selfplay"}));
  command->add_option("--seconds", options->seconds, "About how long to measure")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--seed", options->seed, "Seed of moves and weights")->capture_default_str();
  command
      ->add_option(
          "--compare", options->compare,
          "With board and env: another program's command, run in turns with ours; may be given "
          "several times. experiments/bench/README.md says what it prints")
      ->allow_extra_args(false);
  command->add_option("--preset", options->preset, "With selfplay: whose network and games")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunBench(*options); });
}

}  // namespace tengen

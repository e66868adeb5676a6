#include "experiments/bench/bench.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/bench/board_bench.h"
#include "experiments/bench/cluster_bench.h"
#include "experiments/bench/env_bench.h"
#include "experiments/bench/net_bench.h"
#include "experiments/bench/rollout_bench.h"
#include "experiments/bench/search_bench.h"
#include "experiments/bench/selfplay_bench.h"
#include "experiments/bench/train_bench.h"
#include "experiments/bench/tree_bench.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/config/processor.h"
#include "experiments/config/train_config.h"
#include "experiments/config/version.h"

namespace tengen {
namespace {

struct BenchOptions {
  std::string part;
  double seconds = 10.0;
  unsigned long long seed = 1;
  std::vector<std::string> compare;
  std::string policy;
  std::string preset = "go5";
  std::string device = "cpu";
  int threads = 1;
  int workers = 100;
  std::vector<std::string> games;
  std::vector<std::string> nets;
  bool by_batch = false;
  bool json = false;
};

// With the network that a run of the preset would begin with on this machine.
TrainConfig ConfigOf(const BenchOptions& options) {
  DeviceOption(options.device);
  TrainConfig config = OrUsageError(LoadTrainConfig(options.preset));
  config.device = options.device;
  if (PlaysInFloat32(config)) {
    config = OrUsageError(LoadTrainConfig(options.preset, PresetNet::kFloat32));
    config.device = options.device;
  }
  config.seed = options.seed;
  return config;
}

SelfPlayBenchOptions SelfPlayOptions(const BenchOptions& options) {
  const TrainConfig config = ConfigOf(options);
  SelfPlayBenchOptions bench;
  bench.selfplay = config.selfplay;
  bench.model = OrUsageError(TrainModelConfig(config));
  bench.evaluator.device = DeviceOption(options.device);
  bench.threads = ThreadCount(options.threads);
  bench.seconds = options.seconds;
  bench.seed = options.seed;
  return bench;
}

TrainConfig TrainOptionsOf(const BenchOptions& options) {
  TrainConfig config = ConfigOf(options);
  config.threads = ThreadCount(options.threads);
  OrUsageError(CheckTrainConfig(config));
  return config;
}

SearchBenchOptions SearchOptions(const BenchOptions& options) {
  if (DeviceOption(options.device).is_cuda()) {
    throw UsageError("bench search is for the CPU, wanted --device cpu");
  }
  const TrainConfig config = ConfigOf(options);
  SearchBenchOptions bench;
  bench.game = GameOrUsageError(config.selfplay.games.front());
  bench.model = OrUsageError(TrainModelConfig(config));
  bench.threads = std::max(2, ThreadCount(options.threads));
  bench.seconds = options.seconds;
  bench.seed = options.seed;
  return bench;
}

// "6x96"
NetSize SizeOrUsageError(const std::string& text) {
  NetSize size;
  int end = 0;
  if (std::sscanf(text.c_str(), "%dx%d%n", &size.blocks, &size.channels, &end) != 2 ||
      end != static_cast<int>(text.size()) || size.blocks < 1 || size.blocks > 100 ||
      size.channels < 1 || size.channels > 4096) {
    throw UsageError(StrCat("net '", text, "', wanted BLOCKSxCHANNELS, such as 6x64"));
  }
  return size;
}

NetBenchOptions NetOptions(const BenchOptions& options) {
  NetBenchOptions bench;
  bench.device = DeviceOption(options.device);
  if (bench.device.is_cuda()) bench.batch_sizes = {16, 32, 64, 128, 256, 512, 1024};
  bench.callers = ThreadCount(options.threads);
  bench.seconds = options.seconds;
  bench.by_batch = options.by_batch;
  bench.compare = options.compare;
  if (!options.compare.empty()) {
    if (bench.device.is_cuda()) throw UsageError("--compare is for the CPU, wanted --device cpu");
    bench.games = {"go:size=9"};
    bench.sizes = {{6, 64}, {6, 96}};
  }
  if (!options.games.empty()) bench.games.clear();
  for (const std::string& id : options.games) {
    bench.games.push_back(GameOrUsageError(id)->spec().id);
  }
  if (!options.nets.empty()) bench.sizes.clear();
  for (const std::string& net : options.nets) bench.sizes.push_back(SizeOrUsageError(net));
  return bench;
}

std::vector<BenchRow> RunPart(const BenchOptions& options) {
  if (options.part == "board") {
    return BenchBoard({options.seconds, options.seed, options.compare});
  }
  if (options.part == "env") return BenchEnv({options.seconds, options.seed, options.compare});
  if (options.part == "rollouts") {
    return OrWorldError(BenchRollouts(options.seconds, options.seed, options.policy));
  }
  if (options.part == "tree") return BenchTree(options.seconds, options.seed);
  if (options.part == "net") {
    const NetBenchOptions net = NetOptions(options);
    return net.compare.empty() ? BenchNet(net) : BenchNetBeside(net);
  }
  if (options.part == "cluster") {
    return BenchCluster(TrainOptionsOf(options), options.workers, options.seconds);
  }
  if (options.part == "search") return BenchSearch(SearchOptions(options));
  if (options.part == "train") {
    const TrainConfig config = TrainOptionsOf(options);
    return options.compare.empty() ? BenchTrain(config, options.seconds)
                                   : BenchLearnerBeside(config, options.seconds, options.compare);
  }
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
    PrintJsonLine({{"part", options.part},
                   {"processor", ProcessorName()},
                   {"device", options.device},
                   {"commit", kCommit},
                   {"rows", json_rows}});
  }
}

}  // namespace

void AddBenchCommand(CLI::App& app) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand(kBenchText.name, kBenchText.summary);
  command
      ->add_option("part", options->part,
                   "board: random Go moves; env: steps of the control tasks; tree: search without "
                   "network; rollouts: random games to the end beside those of a linear policy; "
                   "net: raw forward passes; search: one tree with a network, on one thread and "
                   "on several; selfplay: evaluations against raw forward passes; "
                   "train: self-play and learner together; cluster: a learner with made-up "
                   "workers")
      ->required()
      ->check(CLI::IsMember(
          {"board", "env", "tree", "rollouts", "net", "search", "selfplay", "train", "cluster"}));
  command->add_option("--seconds", options->seconds, "About how long to measure")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--seed", options->seed, "Seed of moves and weights")
      ->capture_default_str()
      ->check(SeedNumber());
  command
      ->add_option("--compare", options->compare,
                   "With board, env, net and train: another program's command, run in turns with "
                   "ours; may be given several times. experiments/bench/README.md says what it "
                   "prints")
      ->allow_extra_args(false);
  command->add_option(
      "--policy", options->policy,
      "With rollouts: a policy of 'learn rollout-policy' (default: random weights)");
  command
      ->add_option("--preset", options->preset,
                   "With search, selfplay, train and cluster: whose network and games")
      ->capture_default_str();
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   "With net, search (2 at least), selfplay and train; 0 = one per processor")
      ->capture_default_str()
      ->check(NumberAbove(-1.0));
  command->add_option("--workers", options->workers, "With cluster")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command->add_option("--game", options->games, "With net: game id or preset; repeatable")
      ->allow_extra_args(false);
  command->add_option("--net", options->nets, "With net: BLOCKSxCHANNELS, repeatable")
      ->allow_extra_args(false);
  command->add_flag("--by-batch", options->by_batch, "With net: a row for each batch size");
  command->add_flag("--json", options->json, "Last line on stdout: the rows as JSON");
  command->callback([options] { RunBench(*options); });
}

}  // namespace tengen

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include "experiments/analysis/analysis_service.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/katago_options.h"
#include "experiments/config/katago_config.h"
#include "experiments/config/version.h"
#include "experiments/files/line_reader.h"
#include "experiments/players/agent_spec.h"
#include "search/parallel_evaluator.h"

namespace tengen {
namespace {

struct AnalysisOptions {
  std::string net;
  std::string model;  // KataGo's name for a network file
  std::vector<std::string> configs;
  std::vector<std::string> overrides;
  std::string human_model;
  std::string symmetry;
  bool quit_at_once = false;
  std::string device = "cpu";
  std::string report_as = "black";
  int threads = 0;
  int visits = 500;
  int max_batch = 64;
  int cache_mb = 256;
  unsigned long long seed = 1;
};

constexpr double kMostKataGoVisits = 1125899906842624.0;  // 2^50: no limit, in its setup.cpp

// What a configuration of KataGo says, where the command line does not.
struct ConfigSettings {
  AnalysisSettings defaults;
  std::optional<EvaluatedSymmetry> symmetry;
};

template <typename T>
void TakeInto(KataGoConfig& config, const std::string& key, double low, double high, T& out) {
  const auto number = OrUsageError(config.TakeNumber(key, low, high));
  if (number) out = static_cast<T>(*number);
}

// As much of what KataGo allows as means something here.
void TakeAtMost(KataGoConfig& config, const std::string& key, double high, int most, int& out) {
  double number = out;
  TakeInto(config, key, 1.0, high, number);
  out = static_cast<int>(std::min<double>(number, most));
}

ConfigSettings ApplyConfig(KataGoConfig& config, const CLI::App& command,
                           AnalysisOptions& options) {
  ConfigSettings settings;
  const auto given = [&command](const char* option) { return command.count(option) > 0; };
  int visits = options.visits;
  int threads = options.threads;
  int max_batch = options.max_batch;
  TakeAtMost(config, "maxVisits", kMostKataGoVisits, 1'000'000'000, visits);
  TakeAtMost(config, "numAnalysisThreads", 16384.0, 1024, threads);
  TakeAtMost(config, "nnMaxBatchSize", 65536.0, 4096, max_batch);
  if (!given("--visits")) options.visits = visits;
  if (!given("--threads")) options.threads = threads;
  if (!given("--max-batch")) options.max_batch = max_batch;
  const auto view = config.Take("reportAnalysisWinratesAs");
  if (view && !given("--report-as")) options.report_as = *view;
  const auto seconds = OrUsageError(config.TakeNumber("maxTime", 0.0, 1e20));
  if (seconds && *seconds < 1e9) settings.defaults.seconds = seconds;
  TakeInto(config, "analysisPVLen", 1, 1000, settings.defaults.pv_length);
  TakeInto(config, "rootPolicyTemperature", 0.01, 100.0, settings.defaults.root_temperature);
  double reduction = 2.0 * settings.defaults.fpu_reduction;
  double root_reduction = 2.0 * settings.defaults.root_fpu_reduction;
  TakeInto(config, "fpuReductionMax", 0.0, 2.0, reduction);
  TakeInto(config, "rootFpuReductionMax", 0.0, 2.0, root_reduction);
  settings.defaults.fpu_reduction = 0.5 * reduction;
  settings.defaults.root_fpu_reduction = 0.5 * root_reduction;
  settings.symmetry = OrUsageError(TakeSymmetry(config));
  return settings;
}

AnalysisServiceOptions ServiceOptions(const AnalysisOptions& options,
                                      const AnalysisSettings& defaults,
                                      const AnalysisNetwork& network, Device device) {
  AnalysisServiceOptions service;
  service.defaults = defaults;
  service.defaults.visits = options.visits;
  service.defaults.history = network.UsualHistory();
  service.defaults.perspective = OrUsageError(ParsePerspective(options.report_as));
  // Each core computes batches of its own; a GPU wants few large ones.
  service.lanes = device.is_cuda() ? 2 : ThreadCount(0);
  service.threads = options.threads > 0 ? options.threads
                    : device.is_cuda()  ? 32
                                        : 4 * service.lanes;
  service.max_batch = options.max_batch;
  service.cache_bytes = static_cast<std::int64_t>(options.cache_mb) << 20;
  service.version = kVersion;
  service.git_hash = kCommit;
  service.seed = options.seed;
  return service;
}

void RunAnalysis(AnalysisOptions options, const CLI::App& command) {
  RefuseHumanModel(options.human_model);
  const std::string net =
      options.model.empty() ? options.net : "katago:" + AgentWord(options.model);
  if (net.empty()) throw UsageError("no network, wanted --net NETWORK or -model FILE");
  auto config = OrUsageError(KataGoConfig::Read(options.configs, options.overrides));
  const std::string with_profile = WithProfile(net, config);
  ConfigSettings settings = ApplyConfig(config, command, options);
  if (!options.symmetry.empty()) settings.symmetry = OrUsageError(ParseSymmetry(options.symmetry));
  NameUnused(config);
  const Device device = DeviceOption(options.device);
  AnalysisNetwork network =
      OrWorldError(AnalysisNetwork::Open(with_profile, device, settings.symmetry));
  const AnalysisServiceOptions service_options =
      ServiceOptions(options, settings.defaults, network, device);
  // A query that comes alone has all cores.
  if (!device.is_cuda()) {
    network.evaluator =
        std::make_shared<ParallelEvaluator>(network.evaluator, service_options.lanes);
  }
  AnalysisService service(network, service_options,
                          [](const std::string& line) { WriteOutput(line + "\n"); });
  std::fprintf(stderr, "%s: ready, %d positions at a time\n", network.name.c_str(),
               service_options.threads);
  LineReader input(STDIN_FILENO);
  while (const auto line = input.Next()) {
    if (!service.HandleLine(*line)) break;
  }
  if (!options.quit_at_once) service.Finish();
  const auto stats = service.batch_stats();
  std::fprintf(stderr, "%lld positions evaluated in %lld batches\n",
               static_cast<long long>(stats.positions), static_cast<long long>(stats.batches));
}

}  // namespace

void AddAnalysisCommand(CLI::App& app) {
  auto options = std::make_shared<AnalysisOptions>();
  CLI::App* command = app.add_subcommand(kAnalysisText.name, kAnalysisText.summary);
  command->add_option("--net", options->net, "Network file of KataGo, run folder or net:NAME");
  AddKataGoOptions(*command, options->model, options->configs, options->overrides,
                   options->human_model);
  command->add_flag("--quit-without-waiting", options->quit_at_once,
                    "End with the input, whatever is under way");
  command->add_option("--symmetry", options->symmetry,
                      "In which symmetry the network sees a position: identity, random or average "
                      "(default: random)");
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command
      ->add_option("--report-as", options->report_as,
                   "Whose win rate and score: black, white or side-to-move")
      ->capture_default_str();
  command->add_option("--visits", options->visits, "Visits of queries without maxVisits")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--threads,--analysis-threads", options->threads,
                   "Positions analysed at a time (0: four per core, 32 on a GPU)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->add_option("--max-batch", options->max_batch, "Positions in one batch, at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command->add_option("--cache-mb", options->cache_mb, "Memory for evaluations, in megabytes")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("--seed", options->seed, "Seed of random symmetries")
      ->capture_default_str()
      ->check(SeedNumber());
  command->callback([options, command] { RunAnalysis(*options, *command); });
}

}  // namespace tengen

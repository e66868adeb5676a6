#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "experiments/analysis/analysis_service.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/config/version.h"
#include "experiments/files/line_reader.h"

namespace tengen {
namespace {

struct AnalysisOptions {
  std::string net;
  std::string device = "cpu";
  std::string report_as = "black";
  int threads = 0;
  int visits = 500;
  int max_batch = 64;
  int cache_mb = 256;
  unsigned long long seed = 1;
};

AnalysisServiceOptions ServiceOptions(const AnalysisOptions& options,
                                      const AnalysisNetwork& network, Device device) {
  AnalysisServiceOptions service;
  service.defaults.visits = options.visits;
  service.defaults.history = network.hides_history() ? RootHistory::kHidden : RootHistory::kShown;
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

void RunAnalysis(const AnalysisOptions& options) {
  const Device device = OrUsageError(ParseDevice(options.device));
  const AnalysisNetwork network = OrWorldError(AnalysisNetwork::Open(options.net, device));
  const AnalysisServiceOptions service_options = ServiceOptions(options, network, device);
  AnalysisService service(network, service_options,
                          [](const std::string& line) { WriteOutput(line + "\n"); });
  std::fprintf(stderr, "%s: ready, %d positions at a time\n", network.name.c_str(),
               service_options.threads);
  LineReader input(STDIN_FILENO);
  while (const auto line = input.Next()) {
    if (!service.HandleLine(*line)) break;
  }
  service.Finish();
  const auto stats = service.batch_stats();
  std::fprintf(stderr, "%lld positions evaluated in %lld batches\n",
               static_cast<long long>(stats.positions), static_cast<long long>(stats.batches));
}

}  // namespace

void AddAnalysisCommand(CLI::App& app) {
  auto options = std::make_shared<AnalysisOptions>();
  CLI::App* command = app.add_subcommand(kAnalysisText.name, kAnalysisText.summary);
  command->add_option("--net", options->net, "Network file of KataGo, or run folder")->required();
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command
      ->add_option("--report-as", options->report_as,
                   "Whose win rate and score: black, white or side-to-move")
      ->capture_default_str();
  command->add_option("--visits", options->visits, "Visits of queries without maxVisits")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--threads", options->threads,
                   "Positions analysed at a time (0: four per core, 32 on a GPU)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->add_option("--max-batch", options->max_batch, "Positions in one batch, at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command->add_option("--cache-mb", options->cache_mb, "Memory for evaluations, in megabytes")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("--seed", options->seed, "Seed of random symmetries")->capture_default_str();
  command->callback([options] { RunAnalysis(*options); });
}

}  // namespace tengen

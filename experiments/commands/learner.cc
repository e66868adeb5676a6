#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/cluster/bar_list.h"
#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/folder_door.h"
#include "experiments/cluster/learner_server.h"
#include "experiments/cluster/metrics_port.h"
#include "experiments/cluster/remote_driver.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/train_options.h"
#include "experiments/train/ranks.h"
#include "experiments/train/zero_run.h"

namespace tengen {
namespace {

struct LearnerOptions {
  std::shared_ptr<TrainOptions> train;
  std::string listen;
  std::string metrics;
  bool folder_workers = false;
  int max_workers = 4096;
  RemoteDriverOptions driver;
};

std::unique_ptr<WorkerDoor> OpenDoor(const LearnerOptions& options, const DriverStart& start) {
  if (options.folder_workers) {
    std::fprintf(stderr, "workers join with: tengen worker --folder %s\n",
                 start.run.string().c_str());
    return std::make_unique<FolderDoor>(start.run);
  }
  const Endpoint endpoint = OrUsageError(ParseListenEndpoint(options.listen));
  LearnerServerOptions server;
  server.address = endpoint.host;
  server.port = endpoint.port;
  server.max_connections = options.max_workers;
  server.bars = BarFileOf(start.run);
  const WorkerKey key = OpenWorkerKey(start.run);
  auto door = std::make_unique<LearnerServer>(server, key, TrainConfigToJson(start.config).dump(),
                                              LeasesOf(start.run));
  std::fprintf(stderr, "workers join with: tengen worker %s --key %s\n",
               EndpointText(endpoint.host, door->port()).c_str(),
               (start.run / "worker.key").string().c_str());
  return door;
}

void RunLearner(const LearnerOptions& options) {
  const TrainConfig config = ResolveTrainConfig(*options.train);
  if (options.train->print_config) {
    std::printf("%s\n", TrainConfigToJson(config).dump(2).c_str());
    return;
  }
  if (options.listen.empty() != options.folder_workers) {
    throw UsageError("wanted --listen ADDRESS:PORT or --folder-workers, one of them");
  }
  if (!options.listen.empty()) OrUsageError(ParseListenEndpoint(options.listen));
  std::optional<Endpoint> metrics_at;
  if (!options.metrics.empty()) metrics_at = OrUsageError(ParseListenEndpoint(options.metrics));
  const std::unique_ptr<Ranks> ranks = Ranks::Join(options.train->ranks, config);
  const auto& stop = StopRequested();
  if (ranks && !ranks->leads()) return ranks->Follow(config.device);
  const std::filesystem::path folder = RunFolderOf(*options.train, config.name);
  std::unique_ptr<MetricsPort> metrics;
  if (metrics_at) {
    metrics = std::make_unique<MetricsPort>(*metrics_at, folder / "workers.json");
    std::fprintf(stderr, "metrics: http://%s/metrics\n",
                 EndpointText(metrics_at->host, metrics->port()).c_str());
  }
  const auto make_driver = [&options](const DriverStart& start) {
    return MakeRemoteDriver(start, OpenDoor(options, start), options.driver);
  };
  ZeroRun run(config, folder, make_driver, ranks ? ranks->team() : nullptr);
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  std::fprintf(stderr, "%s\n", run.Summary().c_str());
}

}  // namespace

void AddLearnerCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(kLearnerText.name, kLearnerText.summary);
  auto options = std::make_shared<LearnerOptions>();
  options->train = AddTrainOptions(*command, /*plays=*/false);
  command->add_option(
      "--listen", options->listen,
      "ADDRESS:PORT for workers; 0.0.0.0 is every address of this machine, port 0 "
      "one that is free. They need RUN/worker.key, which is made at the first start");
  command->add_flag("--folder-workers", options->folder_workers,
                    "Instead: workers see the run's folder, as on a cluster's file system");
  command->add_option("--max-workers", options->max_workers, "Connections at once (default 4096)")
      ->check(CLI::Range(1, kMostWorkers));
  command
      ->add_option("--max-stale-steps", options->driver.max_stale_steps,
                   "Drop games whose network is older than this many steps (default: none)")
      ->check(NumberAbove(-1.0));
  command
      ->add_option("--check-share", options->driver.check_share,
                   "Share of games of which one position is evaluated again (default 0.05)")
      ->check(NumberFrom(0.0, 1.0));
  command->add_option("--metrics", options->metrics,
                      "ADDRESS:PORT that answers HTTP with counts in Prometheus' text format");
  command->callback([options] { RunLearner(*options); });
}

}  // namespace tengen

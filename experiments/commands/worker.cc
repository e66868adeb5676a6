#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/folder_link.h"
#include "experiments/cluster/worker_client.h"
#include "experiments/cluster/worker_run.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"

namespace tengen {
namespace {

struct WorkerOptions {
  std::string learner;
  std::string folder;
  std::string key;
  std::string spool;
  int spool_mb = 256;
  bool once = false;
  WorkerRunOptions run;
};

// Finished games that may wait for the learner, as in one process (self_play_driver.cc).
std::size_t MostGames(const HelloMessage& hello) {
  return static_cast<std::size_t>(std::max<std::int64_t>(256, 64 * hello.threads));
}

void PlayThroughSocket(const WorkerOptions& options, const HelloMessage& hello) {
  const Endpoint learner = OrUsageError(ParseEndpoint(options.learner));
  if (options.key.empty()) {
    throw UsageError("--key is missing, wanted a copy of the learner's RUN/worker.key");
  }
  const WorkerKey key = OrUsageError(ReadWorkerKey(options.key));
  GameSpoolLimits limits;
  limits.games = MostGames(hello);
  limits.bytes = static_cast<std::size_t>(options.spool_mb) << 20;
  std::optional<std::filesystem::path> folder;
  // Games of another run must not be sent to this one.
  if (!options.spool.empty()) folder = std::filesystem::path(options.spool) / key.run;
  GameSpool spool(folder, limits, [](const std::string& news) {
    std::fprintf(stderr, "worker: %s\n", news.c_str());
  });
  if (spool.games() > 0) {
    std::fprintf(stderr, "worker: %zu games of an earlier worker are in the spool\n",
                 spool.games());
  }
  WorkerClientOptions client;
  client.host = learner.host;
  client.port = std::to_string(learner.port);
  client.key = key;
  client.hello = hello;
  client.once = options.once;
  WorkerClient link(client, spool);
  RunWorker(link, options.run, StopRequested());
}

void RunWorkerCommand(const WorkerOptions& options) {
  if (options.learner.empty() == options.folder.empty()) {
    throw UsageError("wanted ADDRESS:PORT of a learner or --folder RUN, one of them");
  }
  if (!options.folder.empty() && (!options.key.empty() || !options.spool.empty())) {
    throw UsageError(StrCat(options.key.empty() ? "--spool" : "--key",
                            " is for a learner at an address, met with --folder"));
  }
  DeviceOption(options.run.device);
  const HelloMessage hello = WorkerHello(options.run);
  if (options.folder.empty()) return PlayThroughSocket(options, hello);
  const auto link = MakeFolderLink(options.folder, hello, MostGames(hello));
  RunWorker(*link, options.run, StopRequested());
}

}  // namespace

void AddWorkerCommand(CLI::App& app) {
  auto options = std::make_shared<WorkerOptions>();
  CLI::App* command = app.add_subcommand(kWorkerText.name, kWorkerText.summary);
  command->add_option("learner", options->learner, "ADDRESS:PORT of the learner");
  command->add_option("--key", options->key, "Copy of the learner's RUN/worker.key, mode 0600");
  command->add_option("--folder", options->folder,
                      "Instead: the run's folder, for a learner with --folder-workers");
  command->add_option("--spool", options->spool,
                      "Folder for games that wait for the learner, so that they survive this "
                      "process (default: memory)");
  command
      ->add_option("--spool-mb", options->spool_mb,
                   "Games kept while the learner is away, MiB; then the oldest are dropped "
                   "(default 256)")
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("--threads", options->run.threads, "Self-play threads (default: processors)")
      ->check(CLI::Range(std::int64_t{0}, kMostThreads));
  command->add_option("--device", options->run.device, kDeviceHelp)->capture_default_str();
  command->add_flag("--once", options->once, "Give up when refused, instead of trying again");
  command->callback([options] { RunWorkerCommand(*options); });
}

}  // namespace tengen

#include "experiments/cluster/relay.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/worker_key.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"

namespace tengen {
namespace {

constexpr auto kLook = std::chrono::milliseconds(250);
constexpr auto kReportInterval = std::chrono::seconds(60);

struct RelayCommandOptions {
  std::string learner;
  std::string listen;
  std::string key;
  int max_workers = 4096;
};

void Report(const RelayCounts& counts) {
  std::fprintf(stderr,
               "relay: %llu networks fetched, %.1f MB of weights from the learner, %.1f MB to "
               "workers\n",
               static_cast<unsigned long long>(counts.networks),
               static_cast<double>(counts.weights_in) / 1e6,
               static_cast<double>(counts.weights_out) / 1e6);
}

void RunRelayCommand(const RelayCommandOptions& command) {
  RelayOptions options;
  options.learner = OrUsageError(ParseEndpoint(command.learner));
  options.listen = OrUsageError(ParseListenEndpoint(command.listen));
  options.max_connections = command.max_workers;
  const std::atomic<bool>& stop = StopRequested();
  Relay relay(options, OrUsageError(ReadWorkerKey(command.key)));
  std::fprintf(stderr, "workers join with: tengen worker %s --key %s\n",
               EndpointText(options.listen.host, relay.port()).c_str(), command.key.c_str());
  auto last_report = std::chrono::steady_clock::now();
  while (!stop) {
    for (const std::string& news : relay.TakeNews()) std::fprintf(stderr, "%s\n", news.c_str());
    std::this_thread::sleep_for(kLook);
    if (std::chrono::steady_clock::now() - last_report < kReportInterval) continue;
    last_report = std::chrono::steady_clock::now();
    Report(relay.counts());
  }
  Report(relay.counts());
}

}  // namespace

void AddRelayCommand(CLI::App& app) {
  auto options = std::make_shared<RelayCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "relay", "Between a learner and many workers: fetches each network once for all of them");
  command->add_option("learner", options->learner, "ADDRESS:PORT of the learner, or of a relay")
      ->required();
  command->add_option("--listen", options->listen, "ADDRESS:PORT for workers; port 0 = a free one")
      ->required();
  command->add_option("--key", options->key, "Copy of the learner's RUN/worker.key, mode 0600")
      ->required();
  command->add_option("--max-workers", options->max_workers, "Connections at once")
      ->capture_default_str()
      ->check(CLI::Range(1, kMostWorkers));
  command->callback([options] { RunRelayCommand(*options); });
}

}  // namespace tengen

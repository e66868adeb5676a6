#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/worker_client.h"
#include "experiments/cluster/worker_status_json.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

struct StatusOptions {
  std::string learner;
  std::string key;
  bool json = false;
};

std::string ReadStatus(const StatusOptions& options) {
  if (std::filesystem::is_directory(options.learner)) {
    const auto file = std::filesystem::path(options.learner) / "workers.json";
    if (!std::filesystem::exists(file)) {
      throw UsageError(StrCat("no learner with workers has run in ", options.learner,
                              ", wanted the folder of one"));
    }
    Result<std::string> text = ReadWholeFile(file);
    if (!text) throw WorldError(text.error());
    return *text;
  }
  const auto endpoint = ParseEndpoint(options.learner);
  if (!endpoint) {
    throw UsageError(StrCat("'", options.learner,
                            "' is no folder here, wanted a run folder, or ADDRESS:PORT of a "
                            "learner, such as 127.0.0.1:4711"));
  }
  const Endpoint& learner = *endpoint;
  if (options.key.empty()) {
    throw UsageError("--key is missing, wanted a copy of the learner's RUN/worker.key");
  }
  WorkerClientOptions client;
  client.host = learner.host;
  client.port = std::to_string(learner.port);
  client.key = OrUsageError(ReadWorkerKey(options.key));
  Result<std::string> text = AskLearnerStatus(client);
  if (!text) throw WorldError(text.error());
  return *text;
}

void RunStatusCommand(const StatusOptions& options) {
  const nlohmann::json status = nlohmann::json::parse(ReadStatus(options), nullptr, false);
  if (!status.is_object() || !status.contains("workers")) {
    throw WorldError("the learner has not told yet who works for it, try again in a few seconds");
  }
  const Result<std::string> text = WorkersText(status);
  if (!text) throw WorldError(StrCat(options.learner, ": ", text.error()));
  if (options.json) {
    PrintJsonLine(nlohmann::ordered_json(status));
  } else {
    WriteOutput(*text);
  }
}

}  // namespace

void AddStatusCommand(CLI::App& app) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command =
      app.add_subcommand("status", "Who works for a learner, how fast, and what holds it up");
  command->add_option("learner", options->learner, "Run folder, or ADDRESS:PORT of a learner")
      ->required();
  command->add_option("--key", options->key, "With an address: a copy of RUN/worker.key");
  command->add_flag("--json", options->json, "One JSON object on stdout");
  command->callback([options] { RunStatusCommand(*options); });
}

}  // namespace tengen

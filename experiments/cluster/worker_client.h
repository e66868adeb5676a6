#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "experiments/cluster/game_spool.h"
#include "experiments/cluster/worker_key.h"
#include "experiments/cluster/worker_link.h"

namespace tengen {

struct WorkerClientOptions {
  std::string host;
  std::string port;
  WorkerKey key;
  HelloMessage hello;  // `run` and `lease` are filled in as they come
  bool once = false;   // a refusal is the end
  // Before it tries again; twice as long after each time that it was not let in.
  double first_pause_s = 1.0;
  double longest_pause_s = 30.0;
};

// A worker's connection to its learner, on a thread of its own: connects, and again after every
// break, with pauses that grow; fetches each new network in pieces, going on where a
// break stopped it; sends the spool's games, at most a window of them ahead of the learner's
// answers, so that an outage of an hour does not come as a flood. Thread-safe.
class WorkerClient : public WorkerLink {
 public:
  // `spool` must outlive the client.
  WorkerClient(WorkerClientOptions options, GameSpool& spool);
  ~WorkerClient() override;
  WorkerClient(const WorkerClient&) = delete;
  WorkerClient& operator=(const WorkerClient&) = delete;

  std::optional<WorkerEvent> Next(std::chrono::milliseconds wait) override;
  GameSink& sink() override;
  void SetStatus(const WorkerStatusMessage& status) override;
  WorkerStatusMessage status() const override;
  void CloseSink() override;
  Leftover Finish(std::chrono::seconds limit) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What a learner shows to observers (JSON). Errors: no connection within a few seconds, refused.
Result<std::string> AskLearnerStatus(const WorkerClientOptions& options);

}  // namespace tengen

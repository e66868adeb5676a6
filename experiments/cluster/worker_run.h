#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "experiments/cluster/worker_link.h"

namespace tengen {

struct WorkerRunOptions {
  int threads = 0;  // 0 = one per processor
  std::string device = "cpu";
};

// What the worker says of itself.
HelloMessage WorkerHello(const WorkerRunOptions& options);

// Plays for a learner until the run is over or `stop` is set; then what is finished is still
// delivered, within a few seconds. Says on stderr what happens, and every minute how it goes and
// what it waits for. Throws WorldError: refused for good, a network that cannot be used.
void RunWorker(WorkerLink& link, const WorkerRunOptions& options, const std::atomic<bool>& stop);

}  // namespace tengen

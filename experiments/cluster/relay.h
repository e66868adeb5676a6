#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/token_bucket.h"
#include "experiments/cluster/worker_key.h"

namespace tengen {

struct RelayOptions {
  Endpoint listen;             // port 0 = one that is free
  Endpoint learner;            // or another relay
  int max_connections = 4096;  // of workers; more are turned away at once
  int handshake_s = 5;         // for TLS, and again for the hello
  // Of each machine's connections that come to nothing (attempt_limit.h). Less than the learner
  // allows a machine, which to it the relay is: so that one bad worker does not use it all up.
  RateLimit attempts = {.per_s = 2.0, .burst = 1024.0};
};

struct RelayCounts {
  std::uint64_t sessions = 0;     // workers whose frames went on to the learner
  std::uint64_t networks = 0;     // fetched whole
  std::uint64_t weights_in = 0;   // bytes of weights from the learner
  std::uint64_t weights_out = 0;  // and to workers
};

// Stands between a learner and many workers, such as those of a rack, so that each network crosses
// the way to the learner once:
//
//   worker ---+                 +--- a connection for each worker ---+
//   worker ---+---> relay ------+                                    +---> learner
//   worker ---+   (weights)     +------------------------------------+
//
// A worker's frames go on to the learner as they are, over a connection of their own, and its
// frames come back: who works, what a game is worth and when it is acknowledged stays between the
// two, and a worker that the learner shuts out harms no other. Only weights are answered here: the
// first worker that asks has them fetched, the others get the same bytes. A relay keeps nothing on
// disk; when it is killed its workers connect again. All of it runs on one thread of its own.
class Relay {
 public:
  // Listens when it returns. Throws WorldError: port in use, address that is not this machine's.
  Relay(const RelayOptions& options, const WorkerKey& key);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const;
  // Thread-safe.
  RelayCounts counts() const;
  // Who came, left and was refused since the last call, a sentence each; the oldest of very many
  // are left out. Thread-safe.
  std::vector<std::string> TakeNews();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

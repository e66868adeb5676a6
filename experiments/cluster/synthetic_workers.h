#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "experiments/cluster/worker_key.h"

namespace tengen {

struct SyntheticWorkersOptions {
  std::string host = "127.0.0.1";
  std::string port;
  WorkerKey key;
  int workers = 1;
  std::size_t window = 256;       // games that a worker has sent and not seen acknowledged, at most
  std::size_t parcel_games = 32;  // of a frame, at most
  std::string game_id = "tictactoe";
  std::uint64_t seed = 1;  // of the run, which every record must name
};

struct SyntheticCounts {
  std::uint64_t connected = 0;     // workers that were let in and are there
  std::uint64_t acknowledged = 0;  // games
  std::uint64_t weights_bytes = 0;
  std::uint64_t networks = 0;  // taken whole, summed over the workers
  std::uint64_t failures = 0;  // connections that ended before the run did
  std::string last_failure;
};

// Workers that do not play: each has a connection of its own, takes every network, and sends legal
// records of random moves as fast as the learner acknowledges them. All of them run on one thread.
// What a learner and the protocol stand is measured with them.
class SyntheticWorkers {
 public:
  // Begins at once. REQUIRES: MakeGame(game_id).
  explicit SyntheticWorkers(const SyntheticWorkersOptions& options);
  ~SyntheticWorkers();
  SyntheticWorkers(const SyntheticWorkers&) = delete;
  SyntheticWorkers& operator=(const SyntheticWorkers&) = delete;

  // Thread-safe.
  SyntheticCounts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

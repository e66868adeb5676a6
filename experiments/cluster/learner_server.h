#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "experiments/cluster/frame.h"
#include "experiments/cluster/token_bucket.h"
#include "experiments/cluster/worker_door.h"
#include "experiments/cluster/worker_key.h"

namespace tengen {

struct LearnerServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;           // 0 = one that is free
  int max_connections = 4096;       // more are turned away at once
  std::size_t queued_games = 2048;  // received, not yet taken; then nothing more is read
  int handshake_s = 5;              // for TLS, and again for the hello
  int silence_s = 60;               // without any frame; workers send their status every 5 s
  int sign_of_life_s = 30;          // each worker hears the network's name so often; it waits 120 s
  RateLimit frames = kWorkerFrames;  // of each connection
  std::filesystem::path bars;        // file of those who are shut out (bar_list.h); "" = none
  // Of each machine's connections that come to nothing (attempt_limit.h).
  RateLimit attempts = {.per_s = 10.0, .burst = 2048.0};
};

// Who has which game numbers; lease_folder.h keeps them on disk. Called by the server's thread.
struct LearnerLeases {
  std::function<std::uint64_t()> take;             // the first number of a range nobody had
  std::function<bool(std::uint64_t first)> given;  // whether somebody was given the range
};

// Those of a run's folder.
LearnerLeases LeasesOf(const std::filesystem::path& run);

// The learner's door: takes connections, checks who comes, hands out game numbers and networks, and
// collects games. All of it on one thread of its own, which only decodes and queues; what games are
// worth is for the thread that takes them.
class LearnerServer : public WorkerDoor {
 public:
  // Listens when it returns. `config` is what a worker needs to play (TrainConfig as JSON).
  // Throws WorldError: port in use, address that is not this machine's, a file of bars that cannot
  // be read.
  LearnerServer(const LearnerServerOptions& options, const WorkerKey& key, std::string config,
                LearnerLeases leases);
  ~LearnerServer() override;
  LearnerServer(const LearnerServer&) = delete;
  LearnerServer& operator=(const LearnerServer&) = delete;

  std::uint16_t port() const;

  void Publish(const NetworkMessage& network, std::shared_ptr<const std::string> weights) override;
  std::vector<ReceivedGame> Take(std::chrono::milliseconds wait) override;
  void Stored(std::uint64_t session, std::vector<std::uint64_t> streams) override;
  void Refuse(std::uint64_t session, const std::string& reason) override;
  void End(const std::string& text) override;
  std::vector<std::string> TakeNews() override;
  void SetStatus(std::string json) override;
  std::vector<ConnectedWorker> workers() override;
  DoorCounts counts() const override;
  std::size_t queued() const override;
  std::size_t capacity() const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

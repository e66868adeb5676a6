#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "experiments/cluster/messages.h"

namespace tengen {

// A game, and the session and the process (HelloMessage) that it came from; a process has another
// session each time that it connects. `place` is what it has in common with others of its kind:
// machine, name and device (bar_list.h).
struct ReceivedGame {
  std::uint64_t session = 0;
  std::string instance;
  std::string place;
  GameRecord record;
};

// How many games one Take gives: a learner that was away, or behind, then learns from what waits
// for it as it would have, step by step, instead of from a heap of old games.
inline constexpr std::size_t kMostGamesTaken = 256;

// One worker that is there.
struct ConnectedWorker {
  std::uint64_t session = 0;
  std::string address;
  bool local = false;  // on the learner's machine
  bool fresh = false;  // it had played for nobody when it came
  bool heard = false;  // `status` is from it
  HelloMessage hello;
  WorkerStatusMessage status;
  std::uint64_t games = 0;  // received in this session
  double seconds = 0.0;     // since its beginning
  double silent_s = 0.0;    // since it was heard of
};

// What came through a door since it was opened.
struct DoorCounts {
  std::uint64_t games = 0;  // received
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t refused = 0;  // those who were not let in, or were thrown out
  std::uint64_t sessions = 0;
  std::string last_refusal;  // "127.0.0.1:4711: its key is not this run's"
};

// How workers reach a learner: over sockets, or through a folder that both see. Used by one thread.
class WorkerDoor {
 public:
  virtual ~WorkerDoor() = default;

  // From now on workers are told of this network. `weights` is its safetensors file.
  virtual void Publish(const NetworkMessage& network,
                       std::shared_ptr<const std::string> weights) = 0;
  // Games in the order of their arrival, about kMostGamesTaken at most, waiting up to `wait` for
  // the first.
  virtual std::vector<ReceivedGame> Take(std::chrono::milliseconds wait) = 0;
  // These games are on disk, or will never be wanted: their worker may forget them.
  virtual void Stored(std::uint64_t session, std::vector<std::uint64_t> streams) = 0;
  // Shuts the worker out for the rest of the run, also when it has left, and when it or the learner
  // is started anew (bar_list.h). Others that the bar covers may stay until they leave.
  virtual void Refuse(std::uint64_t session, const std::string& reason) = 0;
  // Tells all workers that the run is over.
  virtual void End(const std::string& text) = 0;
  // Who came, left and was refused since the last call, a sentence each; the oldest of very many
  // are left out.
  virtual std::vector<std::string> TakeNews() = 0;
  // What observers are shown (JSON).
  virtual void SetStatus(std::string json) = 0;

  virtual std::vector<ConnectedWorker> workers() = 0;
  virtual DoorCounts counts() const = 0;
  virtual std::size_t queued() const = 0;
  virtual std::size_t capacity() const = 0;
};

}  // namespace tengen

#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agents/zero/self_play.h"
#include "experiments/cluster/messages.h"

namespace tengen {

// What a worker has to know of its learner, in the order in which it happened.
struct WorkerEvent {
  enum class Kind {
    kWelcome,       // connected: `welcome`
    kNetwork,       // a network is here, to be checked: `network` and `weights`, or `checkpoint`
    kDisconnected,  // `text` says why; it tries again by itself
    kRefused,       // `text`; likewise, unless `final`
    kEnded,         // the run is over: `text`. The last event
  };
  explicit WorkerEvent(Kind its_kind, std::string its_text = "", bool is_final = false)
      : kind(its_kind), text(std::move(its_text)), final(is_final) {}

  Kind kind;
  WelcomeMessage welcome;
  NetworkMessage network;
  std::shared_ptr<const std::string> weights;  // a safetensors file
  std::filesystem::path checkpoint;            // a folder (checkpoint.h)
  std::string text;
  bool final = false;
};

// Games that a worker played and its learner has not stored when it ends.
struct Leftover {
  std::size_t kept = 0;  // on disk: in the spool of the next worker, or in the run's folder
  std::size_t lost = 0;
};

// A worker's way to its learner. Thread-safe.
class WorkerLink {
 public:
  virtual ~WorkerLink() = default;

  // The next event, waiting up to `wait`.
  virtual std::optional<WorkerEvent> Next(std::chrono::milliseconds wait) = 0;
  // Where finished games go.
  virtual GameSink& sink() = 0;
  // What the learner is told every few seconds; what the link knows itself is filled in.
  virtual void SetStatus(const WorkerStatusMessage& status) = 0;
  // The same as it stands now.
  virtual WorkerStatusMessage status() const = 0;
  // Ends self-play: the sink takes no more games.
  virtual void CloseSink() = 0;
  // Waits up to `limit` until the learner has all games, then closes. What it has not got.
  virtual Leftover Finish(std::chrono::seconds limit) = 0;
};

}  // namespace tengen

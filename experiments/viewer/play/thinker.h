#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "agents/agent.h"
#include "agents/gtp/position_search.h"
#include "envs/core/mutex.h"
#include "experiments/players/agent_spec.h"

namespace tengen {

// What an agent is asked.
struct ThinkRequest {
  std::shared_ptr<const Game> game;
  std::shared_ptr<const State> state;  // of `game`, not terminal
  // Searches without end, for analysis; otherwise as long as the agent's spec says, for a move.
  bool endless = false;
};

// What an agent has found so far. Immutable once published.
struct Thought {
  std::uint64_t request = 0;           // which one; 0: nothing was asked yet
  std::shared_ptr<const State> state;  // of the request
  bool finished = false;
  std::string error;                         // a sentence; finished then
  std::string activity;                      // "opening the network", "thinking"; "" when finished
  std::optional<PositionAnalysis> analysis;  // of agents that search
  std::vector<TreeMove> tree;                // its most visited part
  ActResult move;                            // finished, not endless, no error
  double seconds = 0.0;                      // since the request
};

// An agent in a thread of its own, opened at the first request: the window asks and goes on
// drawing. Only the newest request counts; one under way is given up (a program, which cannot be
// stopped, at its next answer). Thread-safe.
class Thinker {
 public:
  Thinker(AgentSpec spec, Device device, std::uint64_t seed);
  // Does not wait for a program that thinks: it is ended.
  ~Thinker();
  Thinker(const Thinker&) = delete;
  Thinker& operator=(const Thinker&) = delete;

  // Returns the number of the request.
  std::uint64_t Ask(const ThinkRequest& request) TENGEN_EXCLUDES(mutex_);
  // Gives up what is under way.
  void Stop() TENGEN_EXCLUDES(mutex_);
  // Never null.
  std::shared_ptr<const Thought> Latest() const TENGEN_EXCLUDES(mutex_);
  // Whether the newest request has no final answer yet.
  bool busy() const TENGEN_EXCLUDES(mutex_);
  const AgentSpec& spec() const { return spec_; }

 private:
  void Serve() TENGEN_EXCLUDES(mutex_);
  void Answer(const ThinkRequest& request, Thought& thought);
  void Search(const ThinkRequest& request, Thought& thought);
  // Analysis and tree of the search as it stands.
  void LookInto(Thought& thought) const;
  // Whether the request still counts; publishes the thought if so.
  bool Publish(const Thought& thought) TENGEN_EXCLUDES(mutex_);
  bool Counts(std::uint64_t request) const TENGEN_EXCLUDES(mutex_);

  const std::shared_ptr<const Interruption> interruption_;  // of a program; else null
  const AgentSpec spec_;
  const Device device_;

  // Of the thread alone.
  std::shared_ptr<const Game> game_;  // that the agent was opened for
  std::optional<AgentFactory> factory_;
  std::unique_ptr<Agent> agent_;            // of agents that do not search
  std::unique_ptr<PositionSearch> search_;  // of the others
  bool endless_ = false;                    // what search_ was made for
  Rng rng_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::optional<ThinkRequest> next_ TENGEN_GUARDED_BY(mutex_);
  std::uint64_t newest_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool wanted_ TENGEN_GUARDED_BY(mutex_) = false;  // the newest request was not given up
  bool ends_ TENGEN_GUARDED_BY(mutex_) = false;
  bool answers_ TENGEN_GUARDED_BY(mutex_) = false;  // the thread is at a request
  std::shared_ptr<const Thought> latest_ TENGEN_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tengen

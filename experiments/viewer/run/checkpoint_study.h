#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agents/gtp/position_search.h"
#include "envs/core/game.h"
#include "envs/core/mutex.h"
#include "nets/net_evaluator.h"

namespace tengen {

// What one checkpoint's network, without search, says of a position. Point of view: the first
// player.
struct NetworkView {
  std::int64_t step = 0;
  std::string problem;  // why there is nothing else: "" or a sentence
  std::vector<Action> legal;
  std::vector<float> policy;     // of each legal action, sum 1
  float value = 0.0F;            // expected return; two players: in [-1, 1]
  std::optional<float> score;    // points; networks that know it
  std::vector<float> ownership;  // in [-1, 1]; empty for networks without it

  float Policy(Action action) const;  // 0 for illegal ones
};

// A position: the moves that lead to it from the game's start.
struct StudiedPosition {
  std::shared_ptr<const Game> game;
  std::vector<Action> moves;  // legal, not to the end of the game

  std::string Key() const;
  std::unique_ptr<State> MakeState() const;
};

// What a search with one checkpoint found.
struct SearchView {
  std::string problem;  // why there is nothing else: "" or a sentence
  PositionAnalysis analysis;
};

// Everything that is known of the position being studied. Immutable once published.
struct StudyView {
  std::map<std::int64_t, std::shared_ptr<const NetworkView>> networks;  // by step
  // Of the chosen checkpoint and number of visits; null while it is not there yet.
  std::shared_ptr<const SearchView> search;
  bool busy = false;
  std::size_t left = 0;  // checkpoints that were not asked yet
};

// Asks all checkpoints of a run about a position, in a thread of its own: the chosen one first and
// with a search, then the others, spread over the run. Keeps answers, for the last positions too,
// but one network only, the one that searched last. Thread-safe.
class CheckpointStudy {
 public:
  CheckpointStudy(std::filesystem::path run, Device device);
  ~CheckpointStudy();
  CheckpointStudy(const CheckpointStudy&) = delete;
  CheckpointStudy& operator=(const CheckpointStudy&) = delete;

  // What to study. `visits` of the search; 0 = none. Cheap if nothing changed. An answer that told
  // a problem is asked for anew when another step was chosen in between.
  void Ask(const StudiedPosition& position, const std::vector<std::int64_t>& steps,
           std::int64_t chosen, int visits) TENGEN_EXCLUDES(mutex_);
  StudyView view() const TENGEN_EXCLUDES(mutex_);

 private:
  struct Answers {
    std::map<std::int64_t, std::shared_ptr<const NetworkView>> networks;
    std::map<std::pair<std::int64_t, int>, std::shared_ptr<const SearchView>> searches;
  };
  struct Job {
    std::string key;  // of the position
    StudiedPosition position;
    std::int64_t step = 0;
    int visits = 0;  // 0: the network alone
  };

  std::optional<Job> NextJob() const TENGEN_REQUIRES(mutex_);
  void Serve() TENGEN_EXCLUDES(mutex_);
  std::shared_ptr<Evaluator> Open(std::int64_t step, const GameSpec& game, std::string& problem);
  void Do(const Job& job) TENGEN_EXCLUDES(mutex_);
  NetworkView AskNetwork(const Job& job);
  SearchView Search(const Job& job);
  bool StillWanted(const Job& job) const TENGEN_EXCLUDES(mutex_);
  void Keep(const Job& job, NetworkView view) TENGEN_EXCLUDES(mutex_);
  void Keep(const Job& job, SearchView view) TENGEN_EXCLUDES(mutex_);

  const std::filesystem::path run_;
  const Device device_;

  // Of the thread: the network that was used last.
  std::int64_t open_step_ = -1;
  std::shared_ptr<Evaluator> open_;

  mutable Mutex mutex_;
  CondVar changed_;
  bool ends_ TENGEN_GUARDED_BY(mutex_) = false;
  StudiedPosition position_ TENGEN_GUARDED_BY(mutex_);
  std::string key_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::int64_t> steps_ TENGEN_GUARDED_BY(mutex_);  // in the order to ask them
  std::int64_t chosen_ TENGEN_GUARDED_BY(mutex_) = -1;
  int visits_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool working_ TENGEN_GUARDED_BY(mutex_) = false;
  std::map<std::string, Answers> answers_ TENGEN_GUARDED_BY(mutex_);
  std::deque<std::string> recent_ TENGEN_GUARDED_BY(mutex_);  // keys, the last one asked for last
  std::thread thread_;
};

// The entries in an order that covers the row evenly at any moment: ends, middle, quarters ...
std::vector<std::int64_t> SpreadOrder(const std::vector<std::int64_t>& steps);

}  // namespace tengen

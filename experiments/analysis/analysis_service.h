#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/mutex.h"
#include "experiments/analysis/analysis_network.h"
#include "experiments/analysis/analysis_query.h"
#include "search/caching_evaluator.h"
#include "search/shape_batching_evaluator.h"

namespace tengen {

struct AnalysisServiceOptions {
  AnalysisSettings defaults;  // of queries
  int threads = 4;            // positions searched at a time
  int lanes = 1;              // batches evaluated at a time
  int max_batch = 64;         // positions in a batch
  std::int64_t cache_bytes = 256 << 20;
  std::string version;  // for query_version
  std::string git_hash;
  std::uint64_t seed = 1;
};

// Analyses positions for other programs, many at a time, in the protocol of KataGo's analysis
// engine: one JSON object a line both ways.
//
//   lines ─► HandleLine ─► tasks by priority, then age ─► searches on `threads` threads ─► write
//                                                             └─► cache ─► batches ─► network
//
// The searches of all queries share the cache and the batches. HandleLine is called by one thread;
// `write` gets whole lines without line end, from one thread at a time.
class AnalysisService {
 public:
  // `write` throws when nobody can read answers any more; then all searches stop.
  using Write = std::function<void(const std::string& line)>;

  // How deep brackets of a line may nest.
  static constexpr int kMaxDepth = 32;
  // Bytes of a line; who reads lines may cut longer ones here.
  static constexpr std::size_t kMaxLine = 1 << 20;

  AnalysisService(const AnalysisNetwork& network, const AnalysisServiceOptions& options,
                  Write write);
  // Stops the searches that are under way; their queries get no answer.
  ~AnalysisService();
  AnalysisService(const AnalysisService&) = delete;
  AnalysisService& operator=(const AnalysisService&) = delete;

  // Reads a query or an action and begins to work on it. Wrong ones are answered with an error.
  // False once answers cannot be written any more.
  bool HandleLine(std::string_view line) TENGEN_EXCLUDES(mutex_);

  // Waits until all queries are answered and ends the threads; then no line may follow. Throws what
  // a search or `write` threw first.
  void Finish() TENGEN_EXCLUDES(mutex_);

  BatchingEvaluator::Stats batch_stats() const { return own_.batching.stats(); }

 private:
  // One position of a query.
  struct Task {
    std::string id;
    int turn = 0;
    std::int64_t priority = 0;
    std::uint64_t arrival = 0;
    std::shared_ptr<const AnalysisSettings> settings;
    Evaluator* evaluator = nullptr;
    AnalysisPosition position;
    std::atomic<bool> terminated = false;
  };
  struct Before {
    bool operator()(const std::shared_ptr<Task>& a, const std::shared_ptr<Task>& b) const {
      if (a->priority != b->priority) return a->priority > b->priority;
      return a->arrival < b->arrival;
    }
  };

  // A network with its batches and the answers that it gave.
  struct Opened {
    Opened(const AnalysisNetwork& opened, const AnalysisServiceOptions& options);

    const AnalysisNetwork network;
    ShapeBatchingEvaluator batching;
    CachingEvaluator cache;
  };

  // Opens a profile at its first use. Errors: the network imitates nobody, nobody of that name.
  Result<Evaluator*> EvaluatorFor(const std::string& profile);
  void HandleQuery(const std::string& id, const nlohmann::json& json) TENGEN_EXCLUDES(mutex_);
  void HandleAction(const std::string& id, nlohmann::json json) TENGEN_EXCLUDES(mutex_);
  bool Terminate(const std::string& id, const nlohmann::json& json) TENGEN_EXCLUDES(mutex_);
  void Serve() TENGEN_EXCLUDES(mutex_);
  std::shared_ptr<Task> NextTask() TENGEN_EXCLUDES(mutex_);
  void Search(const Task& task);
  void Answer(const Task& task, bool during_search, nlohmann::json json);
  void AnswerNothing(const Task& task);
  void Problem(const char* kind, const std::string& id, const QueryProblem& problem);
  void WriteLine(const nlohmann::json& json) TENGEN_EXCLUDES(write_mutex_);
  void Fail(std::exception_ptr error) TENGEN_EXCLUDES(mutex_);

  // Constant after construction.
  const AnalysisServiceOptions options_;

  // Own synchronisation.
  Opened own_;
  std::map<std::string, std::unique_ptr<Opened>> imitating_;  // by profile; of HandleLine's thread
  std::atomic<bool> stopping_ = false;

  Mutex write_mutex_;
  const Write write_ TENGEN_GUARDED_BY(write_mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::set<std::shared_ptr<Task>, Before> waiting_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Task>> running_ TENGEN_GUARDED_BY(mutex_);
  std::uint64_t arrivals_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;
  std::exception_ptr failure_ TENGEN_GUARDED_BY(mutex_);

  std::vector<std::thread> threads_;  // last: start when the rest stands
};

}  // namespace tengen

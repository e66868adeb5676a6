#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "agents/records/record_tail.h"
#include "envs/core/mutex.h"
#include "experiments/runs/json_tail.h"
#include "experiments/runs/run_snapshot.h"

namespace tengen {

struct RunReaderOptions {
  std::size_t games = 24;                // newest ones that are kept
  std::size_t bytes_at_once = 1U << 20;  // of metrics.jsonl, read by one Look
};

// Reads a run folder of `tengen train` that a process may be writing to, piece by piece. Whatever
// is missing, torn, damaged or taken away while it reads is survived: it keeps what it knows. Not
// thread-safe.
class RunReader {
 public:
  explicit RunReader(std::filesystem::path folder, const RunReaderOptions& options = {});

  // Takes what is new, without waiting for anything.
  void Look();
  // As of the last Look.
  std::shared_ptr<const RunSnapshot> snapshot() const { return snapshot_; }

 private:
  bool ReadMetrics();
  void Take(const nlohmann::json& line);
  bool ReadFolder();
  void Summarise(bool gone);
  void Forget();
  void ReadConfig();
  void ReadGames();
  RunPhase Phase(bool gone) const;

  const RunReaderOptions options_;
  const std::filesystem::path folder_;
  JsonTail metrics_;
  RecordTail records_;
  std::map<std::string, std::shared_ptr<const Game>> known_games_;  // by id

  RunSnapshot next_;  // grows from look to look
  MetricTable status_;
  MetricTable progress_;
  bool status_grew_ = false;
  bool progress_grew_ = false;
  bool began_ = false;
  std::string idle_;
  bool config_read_ = false;
  std::shared_ptr<const RunSnapshot> snapshot_;
};

// A RunReader in a thread of its own, which looks every half second. Thread-safe.
class RunWatch {
 public:
  explicit RunWatch(std::filesystem::path folder);
  ~RunWatch();
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

  // The newest one; null before the first.
  std::shared_ptr<const RunSnapshot> snapshot() const TENGEN_EXCLUDES(mutex_);

 private:
  void Loop() TENGEN_EXCLUDES(mutex_);

  RunReader reader_;  // of the thread
  mutable Mutex mutex_;
  CondVar stops_;
  bool stop_ TENGEN_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const RunSnapshot> snapshot_ TENGEN_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tengen

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/train/progress.h"

namespace tengen {

// A progress match on one size of board, "9x9".
struct SizePoint {
  std::string size;
  ProgressPoint point;
};

// Progress matches on each size of board that a run plays, so that none hides behind another. Not
// thread-safe.
class ProgressBySize {
 public:
  // Takes the first game of each size; sizes whose game has no measured anchors are left out.
  ProgressBySize(std::span<const std::string> game_ids, const ProgressConfig& config,
                 std::uint64_t seed);

  // Whether there is a size to play on.
  bool ready() const { return !sizes_.empty(); }
  std::size_t sizes() const { return sizes_.size(); }

  // Takes up where an earlier session stopped: the first size's rating, and those of all sizes in
  // the lines of metrics.jsonl, where there are several.
  void SetLastElo(double elo);
  void Resume(std::span<const nlohmann::json> metrics);

  // A match on each size, the first game's size first. REQUIRES: ready(). `stop` ends it early;
  // sizes without a finished game are left out then.
  std::vector<SizePoint> Play(const std::shared_ptr<Evaluator>& evaluator, std::int64_t step,
                              int threads, const std::atomic<bool>& stop);

 private:
  struct Size {
    std::string name;
    std::unique_ptr<ProgressMatches> matches;
  };
  std::vector<Size> sizes_;
};

// The metrics line of such matches: the first one's, and, where there are several, objects by size
// ("elo_by_size": {"9x9": 812, "7x7": 640}), each of which is a curve of its own.
// REQUIRES: points not empty.
nlohmann::json ProgressMetrics(std::span<const SizePoint> points, double seconds);

}  // namespace tengen

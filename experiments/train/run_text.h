#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/game.h"
#include "experiments/config/train_config.h"
#include "experiments/train/progress.h"
#include "experiments/train/run_status.h"
#include "nets/trainer.h"

namespace tengen {

// Lines of metrics.jsonl. Each has "kind":
//   session   a process began: config, threads, processor, resumed
//   stored    games and training positions that are on the disk, over the whole run
//   status    every few seconds: counts, rates, losses, self-play statistics
//   progress  a match against an anchor with its Elo, or mean returns of one player
nlohmann::json SessionStartMetrics(const TrainConfig& config, bool resumed, std::int64_t step);
nlohmann::json ProgressMetrics(const ProgressPoint& point, double seconds);
nlohmann::json ProgressMetrics(const ReturnPoint& point, double seconds);

// Means of the learner's metrics since the last Clear.
class LossMeans {
 public:
  void Add(const StepMetrics& metrics);
  void Clear();
  // By name: total, then the parts. The last means again after Clear, until the next Add.
  const std::vector<std::pair<std::string, double>>& means() const { return means_; }
  double grad_norm() const { return grad_norm_; }
  double lr() const { return lr_; }
  int skipped() const { return skipped_; }

 private:
  std::vector<std::pair<std::string, double>> means_;
  double grad_norm_ = 0.0;
  double lr_ = 0.0;
  int count_ = 0;
  int skipped_ = 0;  // ever
};

// Means of self-play are those of `since`, the stretch since the last such line; they are left out
// where nothing was counted in it.
nlohmann::json StatusMetrics(const RunStatus& status, const SelfPlayStats& since,
                             std::int64_t buffer_positions, const LossMeans& losses);

// Events per second over a sliding stretch of about ten seconds.
class RateMeter {
 public:
  void Update(double count, double now_s);
  double per_second() const { return rate_; }

 private:
  std::vector<std::pair<double, double>> points_;  // time, count
  double rate_ = 0.0;
};

// Facts for people in a published network's model.json.
std::map<std::string, std::string> NetworkFacts(const TrainConfig& config, std::int64_t games,
                                                std::int64_t positions);

// Printed before the start: time, disk, memory, what to expect.
std::string RunOutlook(const TrainConfig& config, const Game& game,
                       const std::filesystem::path& folder, bool resumes, std::int64_t step);
// Printed at the end, with the commands that come next.
std::string RunSummary(const RunStatus& status, const std::filesystem::path& folder,
                       const GameSpec& game);

// Model name of the processor, "unknown" where the system does not tell.
std::string ProcessorName();

}  // namespace tengen

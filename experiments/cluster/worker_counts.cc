#include "experiments/cluster/worker_counts.h"

namespace tengen {
namespace {

constexpr double kMostPerSecond = 1e7;           // evaluations; no machine gets there
constexpr std::size_t kMostKnown = 4096;         // more workers than one learner serves
constexpr auto kForget = std::chrono::hours(1);  // of a worker that counts nothing more

}  // namespace

void WorkerCounts::Look(const ConnectedWorker& worker, Clock::time_point now) {
  if (!worker.heard) return;
  const SelfPlayStats& stats = worker.status.stats;
  const auto [place, is_new] = counted_.try_emplace(worker.hello.instance);
  Counted& counted = place->second;
  if (is_new) counted = {worker.fresh ? SelfPlayStats() : stats, begin_};
  SelfPlayStats more = stats;
  more -= counted.stats;
  if (more.evaluations == 0 && more.plies == 0) return;
  const double seconds = std::chrono::duration<double>(now - counted.when).count();
  const bool credible = more.evaluations >= 0 && more.plies >= 0 && more.games >= 0 &&
                        static_cast<double>(more.evaluations) <= kMostPerSecond * seconds;
  if (credible) total_ += more;
  counted = {stats, now};
  if (counted_.size() <= kMostKnown) return;
  std::erase_if(counted_, [now](const auto& known) { return now - known.second.when > kForget; });
}

}  // namespace tengen

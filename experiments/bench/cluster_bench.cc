#include "experiments/bench/cluster_bench.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "experiments/cluster/learner_server.h"
#include "experiments/cluster/remote_driver.h"
#include "experiments/cluster/synthetic_workers.h"
#include "experiments/cluster/worker_key.h"
#include "experiments/train/zero_run.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kSamplesPerPosition = 0.02;

double ResidentMb() {
  std::ifstream in("/proc/self/statm");
  std::int64_t pages = 0;
  in >> pages >> pages;
  return static_cast<double>(pages * ::getpagesize()) / 1e6;
}

// A learner on a thread of its own, in a folder that is gone at the end.
class TemporaryLearner {
 public:
  explicit TemporaryLearner(const TrainConfig& config)
      : folder_(fs::temp_directory_path() / StrCat("tengen-bench-cluster-", ::getpid())) {
    std::promise<std::uint16_t> port;
    std::future<std::uint16_t> opened = port.get_future();
    thread_ = std::thread([this, config, port = std::move(port)]() mutable {
      try {
        ZeroRun run(config, folder_, [&port](const DriverStart& start) {
          auto door = std::make_unique<LearnerServer>(
              LearnerServerOptions{}, OpenWorkerKey(start.run),
              TrainConfigToJson(start.config).dump(), LeasesOf(start.run));
          port.set_value(door->port());
          // Made-up games have no network's answers in them.
          return MakeRemoteDriver(start, std::move(door), {.check_share = 0.0});
        });
        run.Go(stop_);
      } catch (...) {
        error_ = std::current_exception();
        failed_ = true;
      }
    });
    while (opened.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
      if (failed_) break;
    }
    if (!failed_) port_ = opened.get();
  }
  ~TemporaryLearner() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    std::error_code error;
    fs::remove_all(folder_, error);
  }

  void RethrowFailure() {
    if (!failed_) return;
    thread_.join();
    std::rethrow_exception(error_);
  }
  void Stop() {
    stop_ = true;
    thread_.join();
    if (failed_) std::rethrow_exception(error_);
  }
  const fs::path& folder() const { return folder_; }
  std::uint16_t port() const { return port_; }

 private:
  const fs::path folder_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;  // before failed_
  std::thread thread_;
};

void Wait(TemporaryLearner& learner, double seconds) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  while (Clock::now() < end) {
    learner.RethrowFailure();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void WaitForAll(TemporaryLearner& learner, const SyntheticWorkers& workers, int wanted) {
  for (int i = 0; i < 1200; ++i) {
    if (workers.counts().connected == static_cast<std::uint64_t>(wanted)) return;
    Wait(learner, 0.1);
  }
  const SyntheticCounts counts = workers.counts();
  throw WorldError(StrCat(counts.connected, " of ", wanted, " workers came in within two minutes",
                          counts.last_failure.empty() ? "" : ": " + counts.last_failure));
}

}  // namespace

std::vector<BenchRow> BenchCluster(TrainConfig config, int workers, double seconds) {
  config.progress.share = 0.0;
  config.budget = "1000h";
  config.learner.samples_per_position = kSamplesPerPosition;
  TemporaryLearner learner(config);
  learner.RethrowFailure();
  SyntheticWorkersOptions options;
  options.port = std::to_string(learner.port());
  options.key = OpenWorkerKey(learner.folder());
  options.workers = workers;
  options.game_id = GameIds(config.selfplay).front();
  options.seed = config.seed;
  // Together they have as many games under way as a few full queues of the learner.
  options.window = workers >= 64 ? 32 : 256;
  const SyntheticWorkers synthetic(options);
  WaitForAll(learner, synthetic, workers);
  const SyntheticCounts first = synthetic.counts();
  const auto begin = Clock::now();
  Wait(learner, seconds / 3.0);
  const double early_mb = ResidentMb();
  Wait(learner, seconds * 2.0 / 3.0);
  const SyntheticCounts last = synthetic.counts();
  const double elapsed = Seconds(Clock::now() - begin).count();
  const double late_mb = ResidentMb();
  learner.Stop();
  const auto rate = [elapsed](std::uint64_t count) { return static_cast<double>(count) / elapsed; };
  return {{"games acknowledged", rate(last.acknowledged - first.acknowledged), "games/s", "", 0.0},
          {"connections that broke", static_cast<double>(last.failures), "connections", "", 0.0},
          {"resident memory after a third", early_mb, "MB", "", 0.0},
          {"resident memory at the end", late_mb, "MB", "after a third", late_mb / early_mb},
          {"weights sent", rate(last.weights_bytes - first.weights_bytes) / 1e6, "MB/s", "", 0.0},
          {"networks taken by each worker",
           static_cast<double>(last.networks - first.networks) / workers, "networks", "", 0.0}};
}

}  // namespace tengen

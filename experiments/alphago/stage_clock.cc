#include "experiments/alphago/stage_clock.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "experiments/config/usage_error.h"

namespace tengen {
namespace {

constexpr std::chrono::seconds kInterval{20};

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

StageClock::StageClock(StageList& list, PipelineStage stage, const std::filesystem::path& run)
    : list_(list),
      stage_(stage),
      run_(run),
      begin_s_(Now() - list.At(stage).seconds),
      thread_([this](const std::stop_token& stop) { Live(stop); }) {}

StageClock::~StageClock() {
  thread_.request_stop();
  thread_.join();
  Write();
}

void StageClock::Live(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, kInterval, [&stop] { return stop.stop_requested(); })) Write();
}

// A full disk is the stage's to tell of.
void StageClock::Write() {
  list_.At(stage_).seconds = Now() - begin_s_;
  try {
    list_.Write(run_);
  } catch (const WorldError&) {
  }
}

}  // namespace tengen

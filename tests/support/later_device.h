#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "envs/core/mutex.h"
#include "nets/batch_device.h"

namespace tengen {

// A device that answers later, as a GPU does: Queue returns at once, and a thread of its own (the
// "stream") does the passes in order, as many as it is allowed to. All in one process, so that a
// test decides what is done and what is not.
class LaterDevice : public BatchDevice {
 public:
  explicit LaterDevice(std::unique_ptr<BatchDevice> inner)
      : inner_(std::move(inner)), stream_([this] { Run(); }) {}
  ~LaterDevice() override {
    {
      MutexLock lock(mutex_);
      closed_ = true;
      allowed_ = kAll;
      changed_.NotifyAll();
    }
    stream_.join();
  }

  static constexpr std::int64_t kAll = INT64_MAX / 2;
  // Passes that may begin from now on; kAll at first.
  void Allow(std::int64_t passes) TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    allowed_ = passes;
    changed_.NotifyAll();
  }
  // Blocks until so many passes were ever queued.
  void AwaitQueued(std::int64_t passes) TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (queued_ < passes) changed_.Wait(mutex_);
  }
  std::int64_t done() const TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return done_;
  }

  Precision precision() const override { return inner_->precision(); }
  void Load(const ModelSnapshot& snapshot) override {
    MutexLock lock(inner_mutex_);
    inner_->Load(snapshot);
  }
  std::unique_ptr<HostBatch> NewBatch(BoardShape shape, int rows) override {
    return inner_->NewBatch(shape, rows);
  }
  // The stream may be using what the inner device has prepared: it waits its turn.
  bool Prepare(BoardShape shape, int rows) override {
    MutexLock lock(inner_mutex_);
    return inner_->Prepare(shape, rows);
  }
  void Queue(HostBatch& batch, int first, int count, int rows) override {
    Push([this, &batch, first, count, rows] {
      MutexLock lock(inner_mutex_);
      inner_->Queue(batch, first, count, rows);
    });
  }
  void Mark(HostBatch& batch) override TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    mark_of_[&batch] = queued_;
  }
  void Await(HostBatch& batch) override TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (done_ < mark_of_[&batch]) changed_.Wait(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void Push(std::function<void()> pass) TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    passes_.push_back(std::move(pass));
    ++queued_;
    changed_.NotifyAll();
  }

  void Run() TENGEN_EXCLUDES(mutex_) {
    while (true) {
      std::function<void()> pass;
      {
        MutexLock lock(mutex_);
        while ((passes_.empty() || allowed_ == 0) && !(closed_ && passes_.empty())) {
          changed_.Wait(mutex_);
        }
        if (passes_.empty()) return;
        pass = std::move(passes_.front());
        passes_.pop_front();
        --allowed_;
      }
      std::exception_ptr error;
      try {
        pass();
      } catch (...) {
        error = std::current_exception();
      }
      MutexLock lock(mutex_);
      if (error) error_ = error;
      ++done_;
      changed_.NotifyAll();
    }
  }

  const std::unique_ptr<BatchDevice> inner_;
  Mutex inner_mutex_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> passes_ TENGEN_GUARDED_BY(mutex_);
  std::map<HostBatch*, std::int64_t> mark_of_ TENGEN_GUARDED_BY(mutex_);
  std::int64_t queued_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::int64_t done_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::int64_t allowed_ TENGEN_GUARDED_BY(mutex_) = kAll;
  std::exception_ptr error_ TENGEN_GUARDED_BY(mutex_);
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;
  std::thread stream_;  // last: starts when the rest stands
};

}  // namespace tengen

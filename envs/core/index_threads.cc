#include "envs/core/index_threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/mutex.h"

namespace tengen {
namespace {

class IndexThreads {
 public:
  IndexThreads(int count, const std::function<IndexWork()>& make_work)
      : count_(count), make_work_(make_work) {}

  void Serve() TENGEN_EXCLUDES(mutex_) {
    try {
      const IndexWork work = make_work_();
      for (int index = next_++; index < count_; index = next_++) {
        if (!work(index)) next_ = count_;
      }
    } catch (...) {
      next_ = count_;
      const MutexLock lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }

  // REQUIRES: all threads have ended.
  void RethrowFirst() TENGEN_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (error_) std::rethrow_exception(error_);
  }

 private:
  const int count_;
  const std::function<IndexWork()>& make_work_;
  std::atomic<int> next_ = 0;
  Mutex mutex_;
  std::exception_ptr error_ TENGEN_GUARDED_BY(mutex_);
};

}  // namespace

void ForEachIndex(int count, int threads, const std::function<IndexWork()>& make_work) {
  TENGEN_CHECK(threads >= 1, threads, " threads, wanted at least 1");
  IndexThreads indices(count, make_work);
  {
    std::vector<std::jthread> others;
    for (int i = 1; i < std::min(threads, count); ++i) {
      others.emplace_back([&indices] { indices.Serve(); });
    }
    indices.Serve();
  }
  indices.RethrowFirst();
}

}  // namespace tengen

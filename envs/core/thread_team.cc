#include "envs/core/thread_team.h"

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/mutex.h"

namespace tengen {

class ThreadTeam::Threads {
 public:
  explicit Threads(int size) {
    TENGEN_CHECK(size >= 1 && size <= kMost, "a team of ", size, " threads, wanted 1 to ", kMost);
    try {
      for (int part = 1; part < size; ++part) threads_.emplace_back([this, part] { Loop(part); });
    } catch (...) {
      Close();
      throw;
    }
  }
  ~Threads() { Close(); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  void Run(const std::function<void(int part)>& work) TENGEN_EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      work_ = &work;
      working_ = size();
      ++round_;
    }
    changed_.NotifyAll();
    DoPart(work, 0);
    std::exception_ptr error;
    {
      const MutexLock lock(mutex_);
      while (working_ > 0) changed_.Wait(mutex_);
      work_ = nullptr;
      error = std::exchange(error_, nullptr);
    }
    if (error) std::rethrow_exception(error);
  }

 private:
  void Loop(int part) TENGEN_EXCLUDES(mutex_) {
    std::int64_t done = 0;
    while (true) {
      const std::function<void(int)>* work = nullptr;
      {
        const MutexLock lock(mutex_);
        while (!closed_ && round_ == done) changed_.Wait(mutex_);
        if (closed_) return;
        done = round_;
        work = work_;
      }
      DoPart(*work, part);
    }
  }

  void DoPart(const std::function<void(int)>& work, int part) TENGEN_EXCLUDES(mutex_) {
    std::exception_ptr error;
    try {
      work(part);
    } catch (...) {
      error = std::current_exception();
    }
    bool last = false;
    {
      const MutexLock lock(mutex_);
      if (error && !error_) error_ = error;
      last = --working_ == 0;
    }
    if (last) changed_.NotifyAll();
  }

  void Close() TENGEN_EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    changed_.NotifyAll();
    for (std::thread& thread : threads_) thread.join();
  }

  Mutex mutex_;
  CondVar changed_;
  const std::function<void(int)>* work_ TENGEN_GUARDED_BY(mutex_) = nullptr;
  std::int64_t round_ TENGEN_GUARDED_BY(mutex_) = 0;
  int working_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;
  std::exception_ptr error_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

ThreadTeam::ThreadTeam(int size) : process_(getpid()), threads_(std::make_unique<Threads>(size)) {}

ThreadTeam::~ThreadTeam() {
  // Not even the condition variable can be destroyed while it counts threads that wait on it, and
  // those are in the other process.
  if (size() > 1 && getpid() != process_) static_cast<void>(threads_.release());
}

int ThreadTeam::size() const { return threads_->size(); }

void ThreadTeam::Run(const std::function<void(int part)>& work) {
  if (size() == 1) return work(0);
  if (getpid() != process_) {
    throw std::runtime_error(StrCat("a team of ", size(), " threads, made before this process was ",
                                    "forked, wanted one made in this process"));
  }
  threads_->Run(work);
}

}  // namespace tengen

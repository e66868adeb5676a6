#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

#include "envs/core/mutex.h"

namespace tengen {

// A fixed number of threads that do one job in parts and meet again, over and over. The caller's
// thread is one of them. Used by one thread at a time.
class ThreadTeam {
 public:
  // REQUIRES: size >= 1. A team of one has no threads of its own.
  explicit ThreadTeam(int size);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls work(0), ..., work(size - 1), each on its own thread, and returns when all are done.
  // Rethrows the first exception of any of them after the others finished.
  void Run(const std::function<void(int part)>& work) TENGEN_EXCLUDES(mutex_);

 private:
  void Loop(int part) TENGEN_EXCLUDES(mutex_);
  void DoPart(const std::function<void(int)>& work, int part) TENGEN_EXCLUDES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  const std::function<void(int)>* work_ TENGEN_GUARDED_BY(mutex_) = nullptr;
  std::int64_t round_ TENGEN_GUARDED_BY(mutex_) = 0;
  int working_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;
  std::exception_ptr error_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace tengen

#include "envs/core/thread_team.h"

#include <utility>

#include "envs/core/check.h"

namespace tengen {

ThreadTeam::ThreadTeam(int size) {
  TENGEN_CHECK(size >= 1, "a team of ", size, " threads, wanted at least 1");
  for (int part = 1; part < size; ++part) threads_.emplace_back([this, part] { Loop(part); });
}

ThreadTeam::~ThreadTeam() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::Run(const std::function<void(int part)>& work) {
  if (threads_.empty()) return work(0);
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

void ThreadTeam::Loop(int part) {
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

void ThreadTeam::DoPart(const std::function<void(int)>& work, int part) {
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

}  // namespace tengen

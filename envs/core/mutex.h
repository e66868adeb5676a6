#pragma once

#include <condition_variable>
#include <mutex>

// clang's thread-safety analysis (-Wthread-safety) needs annotated lock types, which libstdc++'s
// are not. On other compilers the annotations vanish.
#if defined(__clang__)
#define TENGEN_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define TENGEN_THREAD_ANNOTATION(x)
#endif
#define TENGEN_GUARDED_BY(x) TENGEN_THREAD_ANNOTATION(guarded_by(x))
#define TENGEN_REQUIRES(...) TENGEN_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define TENGEN_EXCLUDES(...) TENGEN_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace tengen {

class TENGEN_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  void Lock() TENGEN_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() TENGEN_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class TENGEN_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) TENGEN_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() TENGEN_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

class CondVar {
 public:
  // Waits in a loop of the caller's: `while (!ready_) changed_.Wait(mutex_);`.
  void Wait(Mutex& mutex) TENGEN_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when the time was up.
  template <typename Duration>
  bool WaitFor(Mutex& mutex, Duration duration) TENGEN_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const std::cv_status status = condition_.wait_for(lock, duration);
    lock.release();
    return status == std::cv_status::no_timeout;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace tengen

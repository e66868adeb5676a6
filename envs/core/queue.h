#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "envs/core/mutex.h"

namespace tengen {

// Where threads meet: a bounded first-in-first-out queue with Close. Thread-safe.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Waits while full. False, and the item is dropped, once the queue is closed.
  bool Push(T item) TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (items_.size() >= capacity_ && !closed_) not_full_.Wait(mutex_);
    if (closed_) return false;
    items_.push_back(std::move(item));
    not_empty_.NotifyOne();
    return true;
  }

  // As Push, but false at once while full or closed; then `item` is left as it was.
  bool TryPush(T& item) TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (items_.size() >= capacity_ || closed_) return false;
    items_.push_back(std::move(item));
    not_empty_.NotifyOne();
    return true;
  }

  // Waits while empty. Empty result once the queue is closed and drained.
  std::optional<T> Pop() TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (items_.empty() && !closed_) not_empty_.Wait(mutex_);
    return Take();
  }

  // As Pop, but gives up after `timeout`.
  std::optional<T> PopFor(std::chrono::milliseconds timeout) TENGEN_EXCLUDES(mutex_) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    MutexLock lock(mutex_);
    while (items_.empty() && !closed_) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left.count() <= 0 || !not_empty_.WaitFor(mutex_, left)) break;
    }
    return Take();
  }

  std::optional<T> TryPop() TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return Take();
  }

  // No more pushes; waiting threads wake up. Items already inside can still be popped.
  void Close() TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    closed_ = true;
    not_empty_.NotifyAll();
    not_full_.NotifyAll();
  }

  std::size_t size() const TENGEN_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  std::optional<T> Take() TENGEN_REQUIRES(mutex_) {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_.NotifyOne();
    return item;
  }

  const std::size_t capacity_;
  mutable Mutex mutex_;
  CondVar not_empty_;
  CondVar not_full_;
  std::deque<T> items_ TENGEN_GUARDED_BY(mutex_);
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;
};

}  // namespace tengen

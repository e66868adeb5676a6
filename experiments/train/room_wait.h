#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

namespace tengen {

// What a run does about a full disk: it says so, waits, and goes on when there is room.
class RoomWait {
 public:
  // `say` gets a sentence when waiting begins, once a minute while it lasts, and at its end;
  // `meanwhile` is called between tries, `interval` after each.
  RoomWait(std::function<void(const std::string&)> say, std::function<void()> meanwhile,
           std::chrono::milliseconds interval = std::chrono::seconds(1))
      : say_(std::move(say)), meanwhile_(std::move(meanwhile)), interval_(interval) {}

  // Until then a full disk is an error like others. `stop` ends waiting and must outlive this.
  void Begin(const std::atomic<bool>& stop) { stop_ = &stop; }

  // Calls `write`, again and again while it throws DiskFull; other exceptions pass, and DiskFull
  // too before Begin and once `stop` is set. REQUIRES: a `write` that failed can be tried again.
  void Do(const std::function<void()>& write);

 private:
  bool MayWait() const { return stop_ != nullptr && !stop_->load(); }

  const std::function<void(const std::string&)> say_;
  const std::function<void()> meanwhile_;
  const std::chrono::milliseconds interval_;
  const std::atomic<bool>* stop_ = nullptr;
};

}  // namespace tengen

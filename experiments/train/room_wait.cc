#include "experiments/train/room_wait.h"

#include <optional>
#include <thread>

#include "nets/write_error.h"

namespace tengen {
namespace {

constexpr auto kSayInterval = std::chrono::minutes(1);

}  // namespace

void RoomWait::Do(const std::function<void()>& write) {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> said;
  while (true) {
    try {
      write();
      break;
    } catch (const DiskFull& error) {
      if (!MayWait()) throw;
      if (!said || Clock::now() - *said >= kSayInterval) {
        said = Clock::now();
        say_(std::string(error.what()) + "; the run waits for room");
      }
    }
    meanwhile_();
    std::this_thread::sleep_for(interval_);
  }
  if (said) say_("there is room on the disk again, the run goes on");
}

}  // namespace tengen

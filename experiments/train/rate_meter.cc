#include "experiments/train/rate_meter.h"

namespace tengen {
namespace {

// Long enough that single batches do not make the number jump, short enough that people see it
// follow what they do to the machine.
constexpr double kStretch_s = 10.0;
constexpr double kInterval_s = 0.5;  // between the moments that are kept: twenty in a stretch

}  // namespace

void RateMeter::Update(double count, double now_s) {
  if (!points_.empty() && now_s - points_.back().first < kInterval_s) return;
  points_.emplace_back(now_s, count);
  // The oldest one that is kept lies just before the stretch, so that the stretch is whole.
  while (points_.size() > 2 && points_[1].first < now_s - kStretch_s) {
    points_.erase(points_.begin());
  }
  const double seconds = now_s - points_.front().first;
  if (seconds > 0.0) rate_ = (count - points_.front().second) / seconds;
}

}  // namespace tengen

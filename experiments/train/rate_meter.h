#pragma once

#include <utility>
#include <vector>

namespace tengen {

// Events per second over a sliding stretch of about ten seconds. Not thread-safe.
class RateMeter {
 public:
  // `count`: events so far; `now_s`: seconds of a steady clock, ascending.
  void Update(double count, double now_s);
  // 0 before the second moment.
  double per_second() const { return rate_; }

 private:
  std::vector<std::pair<double, double>> points_;  // time, count
  double rate_ = 0.0;
};

}  // namespace tengen

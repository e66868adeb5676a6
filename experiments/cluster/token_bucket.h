#pragma once

#include <chrono>

namespace tengen {

struct RateLimit {
  double per_s = 0.0;  // tokens that come back each second
  double burst = 0.0;  // and that are there at most
};

// Tokens that are taken, and come back at a steady rate until there are as many as at first. More
// can be taken than there are; that debt is paid before any are there again. The time is the
// caller's and does not run backwards. Not thread-safe.
class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  // Full. REQUIRES: both numbers of the limit are above 0.
  TokenBucket(const RateLimit& limit, Clock::time_point now);

  double tokens(Clock::time_point now) const;  // below 0: a debt
  void Take(double count, Clock::time_point now);
  void PutBack(double count, Clock::time_point now);
  // How long it takes until no debt is left.
  Clock::duration TimeInDebt(Clock::time_point now) const;

 private:
  RateLimit limit_;
  double tokens_ = 0.0;  // at that time
  Clock::time_point time_;
};

}  // namespace tengen

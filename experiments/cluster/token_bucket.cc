#include "experiments/cluster/token_bucket.h"

#include <algorithm>

#include "envs/core/check.h"

namespace tengen {
namespace {

using Seconds = std::chrono::duration<double>;

}  // namespace

TokenBucket::TokenBucket(const RateLimit& limit, Clock::time_point now)
    : limit_(limit), tokens_(limit.burst), time_(now) {
  TENGEN_CHECK(limit.per_s > 0.0 && limit.burst > 0.0, "a limit of ", limit.per_s, " a second and ",
               limit.burst, " at once, wanted both above 0");
}

double TokenBucket::tokens(Clock::time_point now) const {
  return std::min(limit_.burst, tokens_ + limit_.per_s * Seconds(now - time_).count());
}

void TokenBucket::Take(double count, Clock::time_point now) {
  tokens_ = tokens(now) - count;
  time_ = now;
}

void TokenBucket::PutBack(double count, Clock::time_point now) {
  tokens_ = std::min(limit_.burst, tokens(now) + count);
  time_ = now;
}

TokenBucket::Clock::duration TokenBucket::TimeInDebt(Clock::time_point now) const {
  const double debt = std::max(0.0, -tokens(now));
  return std::chrono::ceil<Clock::duration>(Seconds(debt / limit_.per_s));
}

}  // namespace tengen

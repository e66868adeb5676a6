#include "experiments/cluster/attempt_limit.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"

namespace tengen {

AttemptLimit::AttemptLimit(const RateLimit& limit, std::size_t most_hosts)
    : limit_(limit), most_hosts_(most_hosts) {
  TENGEN_CHECK(most_hosts > 0, "room for 0 machines, wanted some");
}

AttemptLimit::Answer AttemptLimit::Begin(const std::string& host, Clock::time_point now) {
  Host& entry = Find(host, now);
  const double tokens = entry.bucket.tokens(now);
  if (tokens >= limit_.burst) entry.told = false;
  if (tokens >= 1.0) {
    entry.bucket.Take(1.0, now);
    return Answer::kTry;
  }
  return std::exchange(entry.told, true) ? Answer::kTurnAway : Answer::kTurnAwayAndTell;
}

void AttemptLimit::Forgive(const std::string& host, Clock::time_point now) {
  Find(host, now).bucket.PutBack(1.0, now);
}

// No debt: when all workers of a relay are cut off at once, they may begin again at once.
void AttemptLimit::Charge(const std::string& host, Clock::time_point now) {
  TokenBucket& bucket = Find(host, now).bucket;
  bucket.Take(std::clamp(bucket.tokens(now), 0.0, 1.0), now);
}

bool AttemptLimit::told(const std::string& host) const {
  const auto place = place_of_.find(host);
  return place != place_of_.end() && place->second->told;
}

std::string AttemptLimit::reason() const {
  return StrCat(limit_.burst,
                " of its connections came to nothing or are still on their way in; what is more "
                "than ",
                limit_.per_s, " a second is closed at once, and not told of");
}

AttemptLimit::Host& AttemptLimit::Find(const std::string& host, Clock::time_point now) {
  const auto place = place_of_.find(host);
  if (place != place_of_.end()) {
    hosts_.splice(hosts_.begin(), hosts_, place->second);
    return hosts_.front();
  }
  if (hosts_.size() >= most_hosts_) {
    place_of_.erase(hosts_.back().name);
    hosts_.pop_back();
  }
  hosts_.push_front({host, TokenBucket(limit_, now)});
  place_of_[host] = hosts_.begin();
  return hosts_.front();
}

}  // namespace tengen

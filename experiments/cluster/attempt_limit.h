#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

#include "experiments/cluster/token_bucket.h"

namespace tengen {

// Turns those away whose connections come to nothing again and again, before they cost a handshake.
// Every attempt takes a token of its machine's bucket (token_bucket.h), and one that comes to
// something puts it back: so a thousand good workers of one machine may begin at once, and count
// for nothing once they are in. Machines that were not heard of for longest are forgotten where
// there are very many. Not thread-safe.
class AttemptLimit {
 public:
  using Clock = TokenBucket::Clock;
  enum class Answer { kTry, kTurnAway, kTurnAwayAndTell };

  // REQUIRES: most_hosts > 0, and what a TokenBucket requires.
  explicit AttemptLimit(const RateLimit& limit, std::size_t most_hosts = 4096);

  // A machine (peer_host.h) connects. The first that is turned away is to be told of, others not
  // until the machine has been quiet for long enough to have its whole burst again.
  Answer Begin(const std::string& host, Clock::time_point now);
  // An attempt that began came to something.
  void Forgive(const std::string& host, Clock::time_point now);
  // One that was forgiven came to nothing after all.
  void Charge(const std::string& host, Clock::time_point now);
  // Whether it has been told that some of this machine's are turned away.
  bool told(const std::string& host) const;
  // Why one is turned away: the rest of a sentence that begins with the machine.
  std::string reason() const;

 private:
  struct Host {
    std::string name;
    TokenBucket bucket;
    bool told = false;
  };
  Host& Find(const std::string& host, Clock::time_point now);

  const RateLimit limit_;
  const std::size_t most_hosts_;
  std::list<Host> hosts_;  // the one last heard of is first
  std::unordered_map<std::string, std::list<Host>::iterator> place_of_;
};

}  // namespace tengen

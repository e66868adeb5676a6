#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "experiments/cluster/messages.h"

namespace tengen {

// The newest networks of a relay, each fetched once over one of the sessions that want it: the
// first that asks, or, when that one ends, the next. For one thread.
class WeightsCache {
 public:
  struct Calls {
    // Asks the learner, over that session's connection, for weights from `offset` on.
    std::function<void(std::uint64_t session, const WantWeightsMessage&)> ask;
    // Gives a session what is there from `offset` on. Bytes behind may grow, but do not move.
    std::function<void(std::uint64_t session, const std::string& hash,
                       std::shared_ptr<const std::string> bytes, std::uint64_t offset)>
        give;
    // Tells a session of the newest network, as a learner does who no longer has what it wants.
    std::function<void(std::uint64_t session, const NetworkMessage&)> announce;
  };
  explicit WeightsCache(Calls calls) : calls_(std::move(calls)) {}

  // The learner told of a network. Throws WorldError: larger than kMostBytes.
  void Announce(const NetworkMessage& network);
  // A session wants weights: at once, or as soon as they are here. Throws WorldError: an offset
  // behind the end, and no network known yet.
  void Want(std::uint64_t session, const WantWeightsMessage& wanted);
  // A piece came over a session's connection. True if it made a network whole. Throws WorldError:
  // another checksum, more bytes than were announced.
  bool Take(std::uint64_t session, const WeightsMessage& piece, const std::string& body);
  // A session ended.
  void Leave(std::uint64_t session);

  static constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 32;

 private:
  // Networks that a slow worker may still be fetching while newer ones come, as in the learner.
  static constexpr std::size_t kKept = 3;
  struct Wish {
    std::uint64_t session = 0;
    std::uint64_t offset = 0;
  };
  struct Network {
    NetworkMessage message;
    std::shared_ptr<std::string> bytes;  // what is here; room for the whole is reserved
    std::uint64_t fetcher = 0;           // session that was asked for the next piece; 0 = none
    std::vector<Wish> wishes;            // for what is not here yet

    bool whole() const { return bytes->size() == message.bytes; }
  };
  Network* Find(const std::string& hash);
  void Fetch(Network& network, std::uint64_t session);

  const Calls calls_;
  std::deque<Network> networks_;  // newest first
};

}  // namespace tengen

#include "experiments/cluster/weights_cache.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"
#include "experiments/cluster/weights_piece.h"

namespace tengen {

WeightsCache::Network* WeightsCache::Find(const std::string& hash) {
  const auto found = std::find_if(networks_.begin(), networks_.end(),
                                  [&hash](const Network& n) { return n.message.hash == hash; });
  return found == networks_.end() ? nullptr : &*found;
}

void WeightsCache::Announce(const NetworkMessage& network) {
  if (Find(network.hash) != nullptr) return;
  if (network.bytes > kMostBytes) {
    throw WorldError(StrCat("a network of ", network.bytes, " bytes, wanted at most ", kMostBytes));
  }
  networks_.push_front({network, std::make_shared<std::string>(), 0, {}});
  networks_.front().bytes->reserve(network.bytes);
  if (networks_.size() <= kKept) return;
  const std::vector<Wish> wishes = std::move(networks_.back().wishes);
  networks_.pop_back();
  for (const Wish& wish : wishes) calls_.announce(wish.session, network);
}

void WeightsCache::Want(std::uint64_t session, const WantWeightsMessage& wanted) {
  Network* network = Find(wanted.hash);
  if (network == nullptr) {
    if (networks_.empty()) throw WorldError("wants weights before it was told of any");
    return calls_.announce(session, networks_.front().message);
  }
  if (wanted.offset > network->message.bytes) {
    throw WorldError(StrCat("wants byte ", wanted.offset, " of ", network->message.bytes));
  }
  if (wanted.offset < network->bytes->size() || network->whole()) {
    return calls_.give(session, wanted.hash, network->bytes, wanted.offset);
  }
  network->wishes.push_back({session, wanted.offset});
  if (network->fetcher == 0) Fetch(*network, session);
}

void WeightsCache::Fetch(Network& network, std::uint64_t session) {
  network.fetcher = session;
  calls_.ask(session, {network.message.hash, network.bytes->size()});
}

bool WeightsCache::Take(std::uint64_t session, const WeightsMessage& piece,
                        const std::string& body) {
  Network* network = Find(piece.hash);
  if (network == nullptr || network->fetcher != session || piece.offset != network->bytes->size()) {
    return false;  // of a network that is not wanted any more
  }
  if (!HasItsChecksum(piece, body)) {
    throw WorldError("a piece of a network came with another checksum");
  }
  if (body.empty() || body.size() > network->message.bytes - network->bytes->size()) {
    throw WorldError(StrCat("a piece of ", body.size(), " bytes at ", piece.offset, " of ",
                            network->message.bytes));
  }
  network->bytes->append(body);
  network->fetcher = 0;
  std::vector<Wish> later;
  for (const Wish& wish : std::exchange(network->wishes, {})) {
    if (wish.offset >= network->bytes->size()) {
      later.push_back(wish);
    } else {
      calls_.give(wish.session, piece.hash, network->bytes, wish.offset);
    }
  }
  network->wishes = std::move(later);
  if (network->whole()) return true;
  Fetch(*network, session);
  return false;
}

void WeightsCache::Leave(std::uint64_t session) {
  for (Network& network : networks_) {
    std::erase_if(network.wishes, [session](const Wish& wish) { return wish.session == session; });
    if (network.fetcher != session) continue;
    network.fetcher = 0;
    if (!network.wishes.empty()) Fetch(network, network.wishes.front().session);
  }
}

}  // namespace tengen

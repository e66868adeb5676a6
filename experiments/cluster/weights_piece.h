#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "experiments/cluster/channel.h"
#include "experiments/cluster/messages.h"

// Weights travel in pieces of at most kWeightsPiece bytes, each asked for by itself, so that a
// download goes on where a break stopped it.

namespace tengen {

// Sends the piece at `offset` of a network's bytes, as much as there is of it. The bytes behind
// what is there now may still grow, but not move. REQUIRES: offset <= bytes->size().
void SendWeightsPiece(Channel& channel, const std::string& hash,
                      std::shared_ptr<const std::string> bytes, std::uint64_t offset);

// Whether a piece came as it was sent.
bool HasItsChecksum(const WeightsMessage& piece, const std::string& body);

}  // namespace tengen

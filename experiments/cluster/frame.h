#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "envs/core/result.h"
#include "experiments/cluster/token_bucket.h"

// What travels between a learner and its workers, over TLS 1.3 with a pre-shared key (tls.h).
// A frame, numbers little-endian:
//
//   offset  0  u32   length of the head in bytes
//           4  u32   length of the body in bytes
//           8  u8    FrameType
//           9  u8    kProtocolVersion
//          10  u16   0
//          12  head  CBOR (RFC 8949) of the message's fields (messages.h)
//              body  bytes: whole record frames (record_shard.h), or a piece of a network's weights
//
// In the order of a session:
//
//   worker                                learner
//   kHello         who it is         -->
//                                    <--  kWelcome   config, game numbers, newest network
//                                     or  kRefused   one sentence; the connection closes
//   kWantWeights   hash and offset   -->
//                                    <--  kWeights   that piece, at most kWeightsPiece bytes
//   kGames         finished games    -->
//                                    <--  kStored    their streams, once they are on disk
//   kWorkerStatus  every few seconds -->
//                                    <--  kNetwork   a new network stands (nothing else is sent)
//                                    <--  kEnd       the run is over
//
// An observer says kHello with its role and gets kStatus instead of kWelcome.

namespace tengen {

inline constexpr std::uint8_t kProtocolVersion = 1;
inline constexpr std::size_t kFrameHeaderBytes = 12;
inline constexpr std::size_t kWeightsPiece = 1 << 20;

// How fast a worker's frames are read, in bytes; each costs kFrameCost more than it has, since none
// is free however small it is. 8,192 small ones a second, or 128 MiB: twice what a worker makes
// that sends each game by itself and waits for a learner that stores four times a second. What
// holds up a good worker is a full queue of games; this holds up one that sends other frames.
inline constexpr std::size_t kFrameCost = std::size_t{16} << 10;
inline constexpr RateLimit kWorkerFrames = {.per_s = 0x1p27, .burst = 0x1p28};

enum class FrameType : std::uint8_t {
  kHello = 1,
  kGames,
  kWantWeights,
  kWorkerStatus,
  kWelcome = 16,
  kRefused,
  kStored,
  kNetwork,
  kWeights,
  kEnd,
  kStatus,
};

struct Frame {
  FrameType type = FrameType::kHello;
  std::string head;
  std::string body;
};

struct FrameHeader {
  FrameType type = FrameType::kHello;
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
};

enum class FrameSender { kWorker, kLearner };

// Header and head; the body follows as it is.
std::string FrameStart(const Frame& frame);

// Errors: another protocol version, a type that the sender has no business to send, lengths beyond
// what the type is allowed: nothing of the frame's size is allocated before this has been asked.
Result<FrameHeader> ParseFrameHeader(std::span<const char, kFrameHeaderBytes> bytes,
                                     FrameSender sender);

}  // namespace tengen

#include "experiments/cluster/frame.h"

namespace tengen {
namespace {

struct FrameLimit {
  FrameType type;
  FrameSender sender;
  const char* name;
  std::size_t head;  // bytes at most
  std::size_t body;
};

constexpr std::size_t kKiB = 1 << 10;

// A hello comes from people who have shown nothing but the key; a config may be long.
constexpr FrameLimit kLimits[] = {
    {FrameType::kHello, FrameSender::kWorker, "hello", 4 * kKiB, 0},
    {FrameType::kGames, FrameSender::kWorker, "games", 1 * kKiB, 16 << 20},
    {FrameType::kWantWeights, FrameSender::kWorker, "want weights", 1 * kKiB, 0},
    {FrameType::kWorkerStatus, FrameSender::kWorker, "worker status", 16 * kKiB, 0},
    {FrameType::kWelcome, FrameSender::kLearner, "welcome", 1024 * kKiB, 0},
    {FrameType::kRefused, FrameSender::kLearner, "refused", 4 * kKiB, 0},
    {FrameType::kStored, FrameSender::kLearner, "stored", 256 * kKiB, 0},
    {FrameType::kNetwork, FrameSender::kLearner, "network", 1 * kKiB, 0},
    {FrameType::kWeights, FrameSender::kLearner, "weights", 1 * kKiB, kWeightsPiece},
    {FrameType::kEnd, FrameSender::kLearner, "end", 4 * kKiB, 0},
    {FrameType::kStatus, FrameSender::kLearner, "status", 1 * kKiB, 16 << 20},
};

void PutNumber(std::uint32_t number, std::string& out) {
  for (int byte = 0; byte < 4; ++byte) out.push_back(static_cast<char>(number >> (8 * byte)));
}

std::size_t GetNumber(std::span<const char, kFrameHeaderBytes> bytes, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t byte = 0; byte < 4; ++byte) {
    number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + byte]))
              << (8 * byte);
  }
  return number;
}

}  // namespace

std::string FrameStart(const Frame& frame) {
  std::string bytes;
  bytes.reserve(kFrameHeaderBytes + frame.head.size());
  PutNumber(static_cast<std::uint32_t>(frame.head.size()), bytes);
  PutNumber(static_cast<std::uint32_t>(frame.body.size()), bytes);
  bytes.push_back(static_cast<char>(frame.type));
  bytes.push_back(static_cast<char>(kProtocolVersion));
  bytes.append(2, '\0');
  return bytes += frame.head;
}

Result<FrameHeader> ParseFrameHeader(std::span<const char, kFrameHeaderBytes> bytes,
                                     FrameSender sender) {
  const auto type = static_cast<std::uint8_t>(bytes[8]);
  const auto version = static_cast<std::uint8_t>(bytes[9]);
  if (version != kProtocolVersion || bytes[10] != 0 || bytes[11] != 0) {
    return Error{StrCat("protocol version ", int{version}, ", wanted ", int{kProtocolVersion})};
  }
  for (const FrameLimit& limit : kLimits) {
    if (static_cast<std::uint8_t>(limit.type) != type || limit.sender != sender) continue;
    const FrameHeader header = {limit.type, GetNumber(bytes, 0), GetNumber(bytes, 4)};
    if (header.head_bytes > limit.head || header.body_bytes > limit.body) {
      return Error{StrCat("a frame '", limit.name, "' of ", header.head_bytes, " and ",
                          header.body_bytes, " bytes, wanted at most ", limit.head, " and ",
                          limit.body)};
    }
    return header;
  }
  return Error{StrCat("a frame of type ", int{type}, ", wanted one that a ",
                      sender == FrameSender::kWorker ? "worker" : "learner", " sends")};
}

}  // namespace tengen

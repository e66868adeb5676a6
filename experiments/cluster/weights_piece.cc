#include "experiments/cluster/weights_piece.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <zlib.h>

namespace tengen {
namespace {

std::string Checksum(std::string_view bytes) {
  const auto crc = static_cast<std::uint32_t>(
      crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  char text[16];
  std::snprintf(text, sizeof text, "%08x", crc);
  return text;
}

}  // namespace

void SendWeightsPiece(Channel& channel, const std::string& hash,
                      std::shared_ptr<const std::string> bytes, std::uint64_t offset) {
  const std::string_view piece = std::string_view(*bytes).substr(offset, kWeightsPiece);
  const WeightsMessage message = {hash, offset, Checksum(piece)};
  channel.Send(ToFrame(FrameType::kWeights, message), std::move(bytes), offset, piece.size());
}

bool HasItsChecksum(const WeightsMessage& piece, const std::string& body) {
  return piece.crc32 == Checksum(body);
}

}  // namespace tengen

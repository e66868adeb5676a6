#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tengen {

// One number for TensorBoard.
struct ScalarEvent {
  double wall_time_s = 0.0;  // since 1970
  std::int64_t step = 0;
  std::string tag;  // "loss/policy"; what stands before the slash groups pictures
  float value = 0.0F;
};

// The bytes of a TensorBoard event file: a version event, then the given ones in their order. A row
// of TFRecord frames, numbers little-endian,
//
//   u64 length of the data, u32 masked CRC of those eight bytes, data, u32 masked CRC of the data
//
// whose data are Event messages (tensorflow/core/util/event.proto) in protocol buffer encoding:
//
//   Event:   1 wall_time (double), 2 step (int64), 3 file_version (string), 5 summary (Summary)
//   Summary: 1 value (Summary.Value, repeated);  Value: 1 tag (string), 2 simple_value (float)
//
// More events at the end leave the bytes before them as they were.
std::string EventFileBytes(double begin_s, std::span<const ScalarEvent> events);

// CRC-32C (Castagnoli; RFC 3720, appendix B.4), and as TFRecord stores it: rotated right by 15 bits
// plus 0xa282ead8.
std::uint32_t Crc32c(std::string_view bytes);
std::uint32_t MaskedCrc32c(std::string_view bytes);

}  // namespace tengen

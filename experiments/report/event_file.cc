#include "experiments/report/event_file.h"

#include <array>
#include <bit>

namespace tengen {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78U;  // bits reversed
constexpr std::uint32_t kMaskDelta = 0xa282ead8U;

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table = {};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    table[byte] = crc;
  }
  return table;
}

void PutFixed(std::uint64_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xffU);
}

// Protocol buffers: seven bits a byte, lowest first, the top bit says that more come.
void PutVarint(std::uint64_t value, std::string& out) {
  for (; value >= 0x80U; value >>= 7) out += static_cast<char>((value & 0x7fU) | 0x80U);
  out += static_cast<char>(value);
}

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void PutKey(int field, WireType type, std::string& out) {
  PutVarint(static_cast<std::uint64_t>(field << 3 | static_cast<int>(type)), out);
}

void PutDouble(int field, double value, std::string& out) {
  PutKey(field, WireType::kFixed64, out);
  PutFixed(std::bit_cast<std::uint64_t>(value), 8, out);
}

void PutBytes(int field, std::string_view bytes, std::string& out) {
  PutKey(field, WireType::kBytes, out);
  PutVarint(bytes.size(), out);
  out += bytes;
}

void PutFrame(std::string_view data, std::string& out) {
  std::string length;
  PutFixed(data.size(), 8, length);
  out += length;
  PutFixed(MaskedCrc32c(length), 4, out);
  out += data;
  PutFixed(MaskedCrc32c(data), 4, out);
}

std::string EventMessage(const ScalarEvent& event) {
  std::string value;
  PutBytes(1, event.tag, value);
  PutKey(2, WireType::kFixed32, value);
  PutFixed(std::bit_cast<std::uint32_t>(event.value), 4, value);
  std::string summary;
  PutBytes(1, value, summary);
  std::string out;
  PutDouble(1, event.wall_time_s, out);
  PutKey(2, WireType::kVarint, out);
  PutVarint(static_cast<std::uint64_t>(event.step), out);
  PutBytes(5, summary, out);
  return out;
}

}  // namespace

std::uint32_t Crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = MakeTable();
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes) {
    crc = kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xffU] ^ (crc >> 8);
  }
  return ~crc;
}

std::uint32_t MaskedCrc32c(std::string_view bytes) {
  return std::rotr(Crc32c(bytes), 15) + kMaskDelta;
}

std::string EventFileBytes(double begin_s, std::span<const ScalarEvent> events) {
  std::string version;
  PutDouble(1, begin_s, version);
  PutBytes(3, "brain.Event:2", version);
  std::string out;
  PutFrame(version, out);
  for (const ScalarEvent& event : events) PutFrame(EventMessage(event), out);
  return out;
}

}  // namespace tengen

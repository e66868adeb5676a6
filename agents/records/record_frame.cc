#include "agents/records/record_frame.h"

#include <algorithm>
#include <cstdint>

#include <zlib.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::string_view kMagic = "TGR1";
constexpr std::size_t kHeaderBytes = 20;
// No game comes near: 19x19 to its last ply with every move in every policy is 4 MB. Bounds the
// memory that a wrong header can ask for, and so does the most that deflate can shrink (zlib's
// documentation: 1032 to 1).
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 24;
constexpr std::size_t kMaxShrinkage = 1032;

void PutU32(std::uint32_t value, std::string& out) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xffU);
}

std::uint32_t GetU32(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
  }
  return value;
}

std::uint32_t Crc32(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

// zlib's streams. The working memory is kept: taken from the system anew for each record, as
// compress2 does it, it costs several times what the record does.
class Deflater {
 public:
  Deflater() {
    const int code = deflateInit(&stream_, kLevel);
    TENGEN_CHECK(code == Z_OK, "zlib error ", code);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string Compress(std::string& raw) {
    deflateReset(&stream_);
    std::string payload(deflateBound(&stream_, raw.size()), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(raw.data());
    stream_.avail_in = static_cast<uInt>(raw.size());
    stream_.next_out = reinterpret_cast<Bytef*>(payload.data());
    stream_.avail_out = static_cast<uInt>(payload.size());
    const int code = deflate(&stream_, Z_FINISH);
    TENGEN_CHECK(code == Z_STREAM_END, "zlib error ", code);
    payload.resize(stream_.total_out);
    return payload;
  }

 private:
  static constexpr int kLevel = 6;
  z_stream stream_ = {};
};

}  // namespace

std::size_t RecordFrame::bytes() const { return kHeaderBytes + payload.size(); }

std::string MakeRecordFrame(const GameRecord& record) {
  std::string raw = RecordToCbor(record);
  TENGEN_CHECK(raw.size() <= kMaxRecordBytes, "record of ", raw.size(), " bytes");
  thread_local Deflater deflater;
  const std::string payload = deflater.Compress(raw);

  std::string frame(kMagic);
  PutU32(static_cast<std::uint32_t>(payload.size()), frame);
  PutU32(static_cast<std::uint32_t>(raw.size()), frame);
  PutU32(Crc32(payload), frame);
  PutU32(Crc32(frame), frame);
  return frame + payload;
}

RecordFrame ParseRecordFrame(std::string_view bytes) {
  if (bytes.find_first_not_of('\0') == std::string_view::npos) {
    // What a file system may leave of a write that it never finished.
    return {RecordFrame::State::kCut, "only zeros up to the end of the file", {}, 0};
  }
  if (bytes.substr(0, kMagic.size()) != kMagic.substr(0, bytes.size())) {
    return {RecordFrame::State::kBad, "no frame begins here", {}, 0};
  }
  if (bytes.size() < kHeaderBytes) {
    return {RecordFrame::State::kCut,
            StrCat("the file ends after ", bytes.size(), " of ", kHeaderBytes,
                   " bytes of a frame's header"),
            {},
            0};
  }
  if (Crc32(bytes.substr(0, kHeaderBytes - 4)) != GetU32(bytes, kHeaderBytes - 4)) {
    return {RecordFrame::State::kBad, "the header's checksum differs", {}, 0};
  }
  const std::size_t length = GetU32(bytes, 4);
  const std::size_t raw_bytes = GetU32(bytes, 8);
  if (length > bytes.size() - kHeaderBytes) {
    return {RecordFrame::State::kCut,
            StrCat("the file ends after ", bytes.size() - kHeaderBytes, " of ", length,
                   " bytes of a record"),
            {},
            0};
  }
  const std::string_view payload = bytes.substr(kHeaderBytes, length);
  if (Crc32(payload) != GetU32(bytes, 12)) {
    return {RecordFrame::State::kBad, "the record's checksum differs", {}, 0};
  }
  return {RecordFrame::State::kWhole, "", payload, raw_bytes};
}

std::size_t FindRecordFrame(std::string_view bytes, std::size_t from) {
  for (std::size_t at = bytes.find(kMagic, from); at != std::string_view::npos;
       at = bytes.find(kMagic, at + 1)) {
    if (ParseRecordFrame(bytes.substr(at)).state == RecordFrame::State::kWhole) return at;
  }
  return std::string_view::npos;
}

Result<GameRecord> RecordFrame::Read() const {
  const std::size_t most = std::min(kMaxRecordBytes, kMaxShrinkage * payload.size());
  if (raw_bytes > most) {
    return Error{StrCat("a record of ", raw_bytes, " bytes, wanted at most ", most)};
  }
  std::string raw(raw_bytes, '\0');
  uLongf size = raw.size();
  const int code = uncompress(reinterpret_cast<Bytef*>(raw.data()), &size,
                              reinterpret_cast<const Bytef*>(payload.data()), payload.size());
  if (code != Z_OK || size != raw.size()) {
    return Error{StrCat("zlib error ", code, ", or not the length that the header gives")};
  }
  return RecordFromCbor(raw);
}

}  // namespace tengen

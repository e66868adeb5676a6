#include "experiments/pictures/png_picture.h"

#include <string_view>

#include <zlib.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

void AppendNumber(std::uint32_t number, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint8_t>(number >> shift));
  }
}

// Length, type, data, and the checksum of the last two.
void AppendChunk(std::string_view type, std::string_view data, std::string& out) {
  AppendNumber(static_cast<std::uint32_t>(data.size()), out);
  const std::string body = std::string(type) + std::string(data);
  out += body;
  AppendNumber(static_cast<std::uint32_t>(
                   crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size())),
               out);
}

std::string Compressed(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                             reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 9);
  TENGEN_CHECK(code == Z_OK, "zlib's code ", code);
  out.resize(size);
  return out;
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

}  // namespace

std::string PngBytes(int rows, int columns, int channels, std::span<const std::uint8_t> pixels) {
  TENGEN_CHECK(rows >= 1 && columns >= 1 && (channels == 1 || channels == 3), "a picture of ", rows,
               "x", columns, "x", channels);
  const auto width = static_cast<std::size_t>(columns) * static_cast<std::size_t>(channels);
  TENGEN_CHECK(pixels.size() == static_cast<std::size_t>(rows) * width, pixels.size(), " bytes");
  std::string header;
  AppendNumber(static_cast<std::uint32_t>(columns), header);
  AppendNumber(static_cast<std::uint32_t>(rows), header);
  header += {8, static_cast<char>(channels == 1 ? 0 : 2), 0, 0, 0};
  std::string lines;
  for (int row = 0; row < rows; ++row) {
    lines += '\0';  // no filter
    const auto* begin = pixels.data() + static_cast<std::size_t>(row) * width;
    lines.append(reinterpret_cast<const char*>(begin), width);
  }
  std::string out = "\x89PNG\r\n\x1a\n";
  AppendChunk("IHDR", header, out);
  AppendChunk("IDAT", Compressed(lines), out);
  AppendChunk("IEND", "", out);
  return out;
}

std::string PngDataUri(int rows, int columns, int channels, std::span<const std::uint8_t> pixels) {
  return "data:image/png;base64," + Base64(PngBytes(rows, columns, channels, pixels));
}

}  // namespace tengen

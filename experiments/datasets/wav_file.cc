#include "experiments/datasets/wav_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>

#include "nets/gzip_file.h"

namespace tengen {
namespace {

// RIFF WAVE (Microsoft & IBM 1991, "Multimedia Programming Interface and Data Specifications 1.0"):
// chunks of a name, a little-endian length and that many bytes, padded to even. "fmt " holds
// format, channels, rate, bytes a second, bytes a frame, bits; "data" the samples.
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr int kPcm = 1;
constexpr int kExtensible = 0xfffe;  // the format proper follows in the extension
constexpr float kFull = 32768.0F;

std::uint32_t Little(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  }
  return value;
}

void AppendLittle(std::uint32_t value, int count, std::string& out) {
  for (int i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i) & 255U);
}

struct Chunks {
  std::optional<std::string_view> format;
  std::optional<std::string_view> data;
};

Result<Chunks> FindChunks(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE") {
    return Error{"no WAV file, which begins with RIFF and WAVE"};
  }
  Chunks chunks;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const std::string_view name = bytes.substr(at, 4);
    const std::size_t length = Little(bytes, at + 4, 4);
    if (length > bytes.size() - at - 8) {
      return Error{StrCat("cut off: ", bytes.size() - at - 8, " bytes of a part of ", length)};
    }
    if (name == "fmt " && !chunks.format) chunks.format = bytes.substr(at + 8, length);
    if (name == "data" && !chunks.data) chunks.data = bytes.substr(at + 8, length);
    at += 8 + length + length % 2;
  }
  return chunks;
}

enum class Rates { kOfSpeech, kAny };

Status CheckFormat(std::string_view format, Rates rates) {
  if (format.size() < 16) return Error{"a header without format"};
  std::uint32_t kind = Little(format, 0, 2);
  if (kind == kExtensible && format.size() >= 26) kind = Little(format, 24, 2);
  const std::uint32_t channels = Little(format, 2, 2);
  const std::uint32_t rate = Little(format, 4, 4);
  const std::uint32_t bits = Little(format, 14, 2);
  constexpr const char* kWanted = ", wanted 16 bits, one channel, 8000 or 16000 Hz";
  if (kind != kPcm) return Error{StrCat("compressed or floating (format ", kind, ")", kWanted)};
  if (channels != 1) return Error{StrCat(channels, " channels", kWanted)};
  if (bits != 16) return Error{StrCat(bits, " bits", kWanted)};
  if (rates == Rates::kOfSpeech && rate != 8000 && rate != 16000) {
    return Error{StrCat(rate, " Hz", kWanted)};
  }
  if (rate < 1000 || rate > 192000) return Error{StrCat(rate, " Hz, wanted 1000 to 192000 Hz")};
  return Ok{};
}

Result<Sound> Parse(std::string_view bytes, Rates rates) {
  const auto chunks = FindChunks(bytes);
  if (!chunks) return Error{chunks.error()};
  if (!chunks->format || !chunks->data) {
    return Error{StrCat("no ", chunks->format ? "samples" : "format", " in it")};
  }
  if (Status format = CheckFormat(*chunks->format, rates); !format) return Error{format.error()};
  Sound sound;
  sound.rate_hz = static_cast<int>(Little(*chunks->format, 4, 4));
  for (std::size_t at = 0; at + 2 <= chunks->data->size(); at += 2) {
    const auto value = static_cast<std::int16_t>(Little(*chunks->data, at, 2));
    sound.samples.push_back(static_cast<float>(value) / kFull);
  }
  if (sound.samples.empty()) return Error{"no samples in it"};
  return sound;
}

Result<Sound> Named(Result<Sound> sound, const std::string& name) {
  if (!sound) return Error{StrCat(name, ": ", sound.error())};
  return sound;
}

Result<Sound> Read(const std::filesystem::path& path, Rates rates) {
  const auto bytes = ReadGzipFile(path, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  return Named(Parse(*bytes, rates), path.string());
}

}  // namespace

Result<Sound> ParseWav(std::string_view bytes, const std::string& name) {
  return Named(Parse(bytes, Rates::kOfSpeech), name);
}

Result<Sound> ReadWav(const std::filesystem::path& path) { return Read(path, Rates::kOfSpeech); }

Result<Sound> ReadWavOfAnyRate(const std::filesystem::path& path) {
  return Read(path, Rates::kAny);
}

Sound Resampled(const Sound& sound, int rate_hz) {
  constexpr double kZeros = 16.0;
  constexpr double kPi = std::numbers::pi;
  const double step = static_cast<double>(sound.rate_hz) / rate_hz;  // old samples a new one
  const double band = std::min(1.0, 1.0 / step);                     // of the old Nyquist frequency
  const double reach = kZeros / band;
  const auto count = static_cast<std::int64_t>(sound.samples.size());
  Sound out;
  out.rate_hz = rate_hz;
  for (std::int64_t i = 0; static_cast<double>(i) * step < static_cast<double>(count); ++i) {
    const double at = static_cast<double>(i) * step;
    const auto first = std::max<std::int64_t>(0, std::llround(std::ceil(at - reach)));
    const auto last = std::min<std::int64_t>(count - 1, std::llround(std::floor(at + reach)));
    double sum = 0.0;
    for (std::int64_t k = first; k <= last; ++k) {
      const double x = kPi * band * (at - static_cast<double>(k));
      const double sinc = x == 0.0 ? 1.0 : std::sin(x) / x;
      const double window = 0.5 + 0.5 * std::cos(x / kZeros);
      sum += band * sinc * window * static_cast<double>(sound.samples[static_cast<std::size_t>(k)]);
    }
    out.samples.push_back(static_cast<float>(std::clamp(sum, -1.0, 1.0 - 1.0 / kFull)));
  }
  return out;
}

std::string WavBytes(const Sound& sound) {
  const auto rate = static_cast<std::uint32_t>(sound.rate_hz);
  const auto length = static_cast<std::uint32_t>(2 * sound.samples.size());
  std::string out = "RIFF";
  AppendLittle(36 + length, 4, out);
  out += "WAVEfmt ";
  AppendLittle(16, 4, out);
  AppendLittle(kPcm, 2, out);
  AppendLittle(1, 2, out);
  AppendLittle(rate, 4, out);
  AppendLittle(2 * rate, 4, out);
  AppendLittle(2, 2, out);
  AppendLittle(16, 2, out);
  out += "data";
  AppendLittle(length, 4, out);
  for (const float sample : sound.samples) {
    const float value = std::clamp(std::round(sample * kFull), -kFull, kFull - 1.0F);
    AppendLittle(static_cast<std::uint16_t>(static_cast<std::int16_t>(value)), 2, out);
  }
  return out;
}

}  // namespace tengen

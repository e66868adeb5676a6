#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// One channel of sound.
struct Sound {
  int rate_hz = 0;
  std::vector<float> samples;  // in [-1, 1)
};

// A WAV file (RIFF, PCM) of 16 bits, one channel, 8 or 16 kHz. Errors, each with what was met: not
// a WAV file, another rate, more channels, other bits, compressed, cut off, no samples.
Result<Sound> ReadWav(const std::filesystem::path& path);
// The same of bytes; `name` stands for the file in messages.
Result<Sound> ParseWav(std::string_view bytes, const std::string& name);

// The bytes of such a file; samples beyond [-1, 1) are cut.
std::string WavBytes(const Sound& sound);

}  // namespace tengen

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

// The same of a file of any rate from 1 to 192 kHz.
Result<Sound> ReadWavOfAnyRate(const std::filesystem::path& path);

// The sound at another rate: each new sample is a sum of the old ones around it by a sinc that ends
// at the lower of the two Nyquist frequencies, under a Hann window of 16 of its zeros on each side.
Sound Resampled(const Sound& sound, int rate_hz);

// The bytes of such a file; samples beyond [-1, 1) are cut.
std::string WavBytes(const Sound& sound);

}  // namespace tengen

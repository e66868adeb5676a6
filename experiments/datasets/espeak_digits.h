#pragma once

#include <cstdint>
#include <vector>

#include "envs/core/result.h"
#include "experiments/datasets/sound_folder.h"

namespace tengen {

inline constexpr int kEspeakVoices = 6;

// The English digits said by the program espeak-ng in kEspeakVoices voices, `takes` of each digit
// by each, which differ in pitch and pace; brought to 8 kHz. A function of its arguments and the
// program's version. Errors: the program is not there (how to get it), or failed.
Result<std::vector<Recording>> EspeakDigits(int takes, std::uint64_t seed);

}  // namespace tengen

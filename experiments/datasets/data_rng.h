#pragma once

#include <cstdint>

#include "envs/core/rng.h"

namespace tengen {

// What draws from a data set's seed. Values are part of the reproducibility contract: add at the
// end only.
enum class DataStream : std::uint64_t {
  kLine = 0,
  kSpirals = 1,
  kDigits = 2,
  kSpeech = 3,
  kGrammar = 4,
  kSplit = 5,
  kEspeak = 6,
};

// Its stream. Environments, which are numbered from 0, have the same role.
inline Rng DataRng(std::uint64_t seed, DataStream stream) {
  return {seed, RngRole::kEnvironment,
          (std::uint64_t{1} << 32) + static_cast<std::uint64_t>(stream)};
}

}  // namespace tengen

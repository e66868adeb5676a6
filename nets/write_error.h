#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include "envs/core/check.h"

namespace tengen {

// A write that found no room: on the disk, or in what this user may take of it. It may be tried
// again later, unlike other failures of the world.
class DiskFull : public WorldError {
 public:
  using WorldError::WorldError;
};

// "TEXT: No space left on device" for an errno, as DiskFull where it is one.
[[noreturn]] inline void ThrowWriteError(const std::string& text, int error) {
  const std::string sentence = text + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT) throw DiskFull(sentence);
  throw WorldError(sentence);
}

}  // namespace tengen

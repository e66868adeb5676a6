#pragma once

#include <stdexcept>
#include <utility>

#include "envs/core/result.h"

namespace tengen {

// Wrong use of the program: an option, a config, a name. Becomes exit code 2 at the process edge.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The value, or the error as a UsageError.
template <typename T>
T OrUsageError(Result<T> result) {
  if (!result) throw UsageError(result.error());
  return std::move(result).value();
}
// The value, or the error as a WorldError: files that should be there, devices, damaged networks.
template <typename T>
T OrWorldError(Result<T> result) {
  if (!result) throw WorldError(result.error());
  return std::move(result).value();
}

}  // namespace tengen

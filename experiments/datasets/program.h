#pragma once

#include <string>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Runs a program of the PATH and waits for it. Returns its exit code, 128 and the signal that ended
// it. Errors: it cannot be started; if it is not installed, how to get it.
Result<int> RunProgram(std::vector<std::string> words);

}  // namespace tengen

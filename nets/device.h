#pragma once

#include <string_view>

#include "envs/core/result.h"

namespace tengen {

// Where networks compute.
enum class Device { kCpu, kCuda };

// "cpu" or "cuda". Error if the device is not there: "device cuda, wanted cpu: ...".
Result<Device> ParseDevice(std::string_view text);

}  // namespace tengen

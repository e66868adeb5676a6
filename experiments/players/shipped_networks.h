#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Networks that come with the program: experiments/networks/NAME, which `cmake --install` puts into
// share/tengen/networks beside the program's folder.
std::vector<std::string> ShippedNetworkNames();

// The folder of one. The error names those that are there.
Result<std::filesystem::path> ShippedNetwork(const std::string& name);

}  // namespace tengen

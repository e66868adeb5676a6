#pragma once

#include <string>

namespace tengen {

// The path of a file in tests/golden/. Golden data are found wherever a test is started.
std::string Golden(const std::string& name);

}  // namespace tengen

#pragma once

#include <string>

namespace tengen {

// The command of the program of fake_gtp.cc, whose path the test program knows.
inline std::string FakeGtp(const std::string& mode, int at = 1) {
  return std::string(TENGEN_FAKE_GTP) + " " + mode + " " + std::to_string(at);
}

}  // namespace tengen

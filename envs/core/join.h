#pragma once

#include <sstream>
#include <string>

namespace tengen {

// Anything that streams, one behind the other: "a, b, c".
template <typename Range>
std::string Join(const Range& parts, const char* between = ", ") {
  std::ostringstream out;
  const char* before = "";
  for (const auto& part : parts) {
    out << before << part;
    before = between;
  }
  return out.str();
}

}  // namespace tengen

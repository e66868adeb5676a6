#pragma once

#include <sstream>
#include <string>

namespace tengen {

// The sum over the moves of a line of lz-analyze or kata-analyze.
inline int VisitsIn(const std::string& line) {
  int sum = 0;
  std::istringstream words(line.substr(0, line.find("rootInfo")));
  for (std::string word; words >> word;) {
    if (word != "visits") continue;
    int visits = 0;
    words >> visits;
    sum += visits;
  }
  return sum;
}

}  // namespace tengen

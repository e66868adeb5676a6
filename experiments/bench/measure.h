#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <vector>

namespace tengen {

// REQUIRES: values is not empty.
inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Calls `work` for about this long; it returns how many units it did. Seconds of this process's
// processor time, so that other programs on the machine count as little as possible.
template <typename Work>
double PerSecond(double seconds, Work work) {
  const std::clock_t begin = std::clock();
  double units = 0.0;
  double elapsed = 0.0;
  while (elapsed < seconds) {
    units += static_cast<double>(work());
    elapsed = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  }
  return units / elapsed;
}

}  // namespace tengen

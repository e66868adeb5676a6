#pragma once

#include <string>

namespace tengen {

// One measured figure of `tengen bench PART`, beside what it was measured against in the same run.
struct BenchRow {
  std::string name;
  double value = 0.0;
  std::string unit;
  std::string against;  // empty where nothing stood beside it
  double ratio = 0.0;   // value over the other's value
};

}  // namespace tengen

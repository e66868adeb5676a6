#pragma once

#include <cstdint>

#include "nets/net.h"

namespace tengen {

struct LinearNetConfig {
  int inputs = 1;
  int outputs = 1;
};

// The linear map y = x W^T + b.
//
//   x [N, inputs] -> y [N, outputs]; weight [outputs, inputs], bias [outputs]
//
// With the squared error it is linear regression (Legendre 1805, Gauss 1809), with the
// cross-entropy multinomial logistic regression (Cox 1958). Weights are uniform in
// +-1 / sqrt(inputs), a function of config and seed. REQUIRES: all sizes >= 1.
Net MakeLinearNet(const LinearNetConfig& config, std::uint64_t seed);

}  // namespace tengen

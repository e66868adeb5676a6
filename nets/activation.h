#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/named_value.h"

namespace tengen {

// What stands between two linear maps, number by number:
enum class Activation {
  kNone,     // x
  kSigmoid,  // s(x) = 1 / (1 + exp(-x))
  kTanh,     // tanh(x)
  kRelu,     // max(x, 0)
  kGelu,     // x P(normal <= x) = x (1 + erf(x / sqrt 2)) / 2 (Hendrycks & Gimpel 2016)
  kSilu,     // x s(x) (Elfwing et al. 2018)
  kMish,     // x tanh(log(1 + exp(x))) (Misra 2019)
};

// "none", "sigmoid", "tanh", "relu", "gelu", "silu", "mish".
const std::vector<NamedValue<Activation>>& ActivationNames();

at::Tensor Activate(Activation activation, const at::Tensor& x);

}  // namespace tengen

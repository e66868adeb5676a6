#pragma once

#include <cstdint>
#include <vector>

#include "nets/activation.h"
#include "nets/net.h"

namespace tengen {

struct MlpNetConfig {
  int inputs = 1;
  std::vector<int> hidden = {128, 128};  // widths
  int outputs = 1;
  Activation activation = Activation::kRelu;
  bool norm = false;     // BatchNorm behind each hidden linear map
  double dropout = 0.0;  // behind each hidden activation
};

// Multilayer perceptron (Rosenblatt 1958; trained by gradients, Rumelhart et al. 1986):
//
//   h_0 = x,  h_(i+1) = drop(f(norm(h_i W_i^T + b_i))),  y = h_L W_L^T + b_L
//
//   x [N, inputs] (more dimensions are flattened) -> y [N, outputs]
//   layer0.weight [hidden0, inputs], layer0.bias [hidden0], norm0.*, layer1.weight, ...
//
// The layers are those of an Mlp (mlp.h) with uniform weights, a function of config and seed.
// REQUIRES: all widths >= 1, 0 <= dropout < 1.
Net MakeMlpNet(const MlpNetConfig& config, std::uint64_t seed);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <vector>

#include "nets/activation.h"
#include "nets/named_value.h"
#include "nets/net.h"

namespace tengen {

enum class ConvStyle {
  kVgg,       // Simonyan & Zisserman 2015
  kResidual,  // He et al. 2016
};

// "vgg", "residual".
const std::vector<NamedValue<ConvStyle>>& ConvStyleNames();

struct ConvNetConfig {
  ConvStyle style = ConvStyle::kVgg;
  int channels = 1;  // of the pictures
  int rows = 28;
  int columns = 28;
  int outputs = 10;
  std::vector<int> widths = {32, 64};  // channels of each stage
  int blocks = 2;      // kVgg: convolutions of each stage; kResidual: blocks of two of them
  int hidden = 128;    // kVgg: width of the layer behind the last stage
  double dropout = 0;  // before the last linear map
  Activation activation = Activation::kRelu;
};

// Convolutional networks with BatchNorm (Ioffe & Szegedy 2015); conv is 3x3 with padding 1, f the
// activation, s the stage:
//
//   kVgg       s x [ blocks x (conv, norm, f), maximum of 2x2 ], linear, f, drop, linear
//   kResidual  conv, norm, f, s x [ blocks x f(x' + norm(conv f(norm(conv x)))) ], mean, drop,
//   linear
//              x' = x, or norm(conv 1x1 x) in the first block of a later stage, which has stride 2
//
//   x [N, channels, rows, columns] -> y [N, outputs]
//
// Weights are uniform in +-sqrt(6 / inputs) before f (He et al. 2015), +-1 / sqrt(inputs) in the
// last map, a function of config and seed; the last norm of a residual block starts at 0 (Goyal et
// al. 2017, section 5.1). REQUIRES: CheckConvNetConfig(config).
Net MakeConvNet(const ConvNetConfig& config, std::uint64_t seed);
// First thing wrong with it: a size below 1, pictures too small for so many stages.
Status CheckConvNetConfig(const ConvNetConfig& config);

}  // namespace tengen

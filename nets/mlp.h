#pragma once

#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "nets/activation.h"
#include "nets/safetensors.h"

namespace tengen {

enum class MlpInit {
  // Rows or columns of each weight matrix are orthonormal, times a gain; biases 0 (Saxe et al.
  // 2014;
  // PPO's detail 2 in Huang et al. 2022, "The 37 Implementation Details of PPO").
  kOrthogonal,
  // Weights and biases uniform in +-1 / sqrt(inputs of the layer): what PyTorch's Linear does.
  kUniform,
};

struct MlpConfig {
  int inputs = 0;
  std::vector<int> hidden = {64, 64};  // widths
  int outputs = 0;
  Activation activation = Activation::kTanh;
  MlpInit init = MlpInit::kOrthogonal;
  double hidden_gain = 1.4142135623730951;  // kOrthogonal, all layers but the last
  double output_gain = 1.0;                 // kOrthogonal, the last layer
};

// Multi-layer perceptron, float32, on the CPU: linear, activation, ..., linear. Copies share their
// weights. Not thread-safe while it is trained.
class Mlp {
 public:
  // Weights are a function of config and the stream. REQUIRES: all widths >= 1.
  Mlp(const MlpConfig& config, Rng& rng);

  // [N, inputs] -> [N, outputs].
  at::Tensor Forward(at::Tensor x) const;

  // Weight and bias of each layer in turn; leaves that want gradients.
  std::vector<at::Tensor> parameters() const;
  // Copies of them, "PREFIX0.weight", "PREFIX0.bias", "PREFIX1.weight", ...
  void SaveTo(NamedTensors& out, const std::string& prefix) const;
  // Errors: a name missing, another shape.
  Status LoadFrom(const NamedTensors& in, const std::string& prefix);
  // This network becomes (1 - share) * itself + share * other. REQUIRES: equal shapes.
  void MoveTowards(const Mlp& other, double share);

 private:
  Activation activation_;
  std::vector<at::Tensor> weights_;  // [out, in]
  std::vector<at::Tensor> biases_;   // [out]
};

// One row of inputs, [1, N], on the caller's memory; and the numbers of a tensor, row by row.
at::Tensor RowOf(std::span<const float> numbers);
std::vector<float> NumbersOf(const at::Tensor& tensor);

}  // namespace tengen

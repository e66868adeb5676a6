#include "nets/linear_net.h"

#include <cmath>

#include <torch/nn.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

class LinearNetImpl : public torch::nn::Module {
 public:
  LinearNetImpl(const LinearNetConfig& config, std::uint64_t seed)
      : weight_(register_parameter("weight", at::empty({config.outputs, config.inputs}))),
        bias_(register_parameter("bias", at::empty({config.outputs}))) {
    Rng rng(seed, RngRole::kNetInit);
    const double bound = 1.0 / std::sqrt(config.inputs);
    FillUniform(weight_, bound, rng);
    FillUniform(bias_, bound, rng);
  }

  at::Tensor forward(const at::Tensor& x) { return at::linear(x, weight_, bias_); }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace

Net MakeLinearNet(const LinearNetConfig& config, std::uint64_t seed) {
  TENGEN_CHECK(config.inputs >= 1 && config.outputs >= 1, "a linear map from ", config.inputs,
               " to ", config.outputs);
  const auto module = std::make_shared<LinearNetImpl>(config, seed);
  return {module, [module](const at::Tensor& x) { return module->forward(x); },
          std::make_shared<RandomStream>(seed)};
}

}  // namespace tengen

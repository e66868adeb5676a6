#include "nets/mlp_net.h"

#include <torch/nn.h>

#include "nets/mlp.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

// A layer of an Mlp, to be found by name.
class LayerImpl : public nn::Module {
 public:
  LayerImpl(const at::Tensor& weight, const at::Tensor& bias)
      : weight_(register_parameter("weight", weight)), bias_(register_parameter("bias", bias)) {}
  at::Tensor forward(const at::Tensor& x) { return at::linear(x, weight_, bias_); }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

class MlpNetImpl : public nn::Module {
 public:
  MlpNetImpl(const MlpNetConfig& config, std::uint64_t seed, std::shared_ptr<RandomStream> random)
      : config_(config), random_(std::move(random)) {
    Rng rng(seed, RngRole::kNetInit);
    const Mlp mlp({.inputs = config.inputs,
                   .hidden = config.hidden,
                   .outputs = config.outputs,
                   .activation = config.activation,
                   .init = MlpInit::kUniform},
                  rng);
    const std::vector<at::Tensor> parameters = mlp.parameters();
    for (std::size_t i = 0; 2 * i < parameters.size(); ++i) {
      layers_.push_back(
          register_module(StrCat("layer", i),
                          std::make_shared<LayerImpl>(parameters[2 * i], parameters[2 * i + 1])));
      if (config.norm && i < config.hidden.size()) {
        norms_.push_back(register_module(StrCat("norm", i), nn::BatchNorm1d(config.hidden[i])));
      }
    }
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor h = x.flatten(1);
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i) {
      h = layers_[i]->forward(h);
      if (config_.norm) h = norms_[i](h);
      h = Activate(config_.activation, h);
      if (is_training()) h = random_->Dropout(h, config_.dropout);
    }
    return layers_.back()->forward(h);
  }

 private:
  MlpNetConfig config_;
  std::shared_ptr<RandomStream> random_;
  std::vector<std::shared_ptr<LayerImpl>> layers_;
  std::vector<nn::BatchNorm1d> norms_;
};

}  // namespace

Net MakeMlpNet(const MlpNetConfig& config, std::uint64_t seed) {
  const auto random = std::make_shared<RandomStream>(seed);
  const auto module = std::make_shared<MlpNetImpl>(config, seed, random);
  return {module, [module](const at::Tensor& x) { return module->forward(x); }, random};
}

}  // namespace tengen

#include "nets/norm_statistics.h"

#include <torch/nn.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

template <typename Norm>
void Begin(const std::shared_ptr<nn::Module>& module, std::vector<std::function<void()>>& restore) {
  const auto norm = std::dynamic_pointer_cast<Norm>(module);
  if (!norm) return;
  norm->reset_running_stats();
  norm->train();
  const auto momentum = norm->options.momentum();
  norm->options.momentum(kNullopt);  // the plain mean
  restore.push_back([norm, momentum] { norm->options.momentum(momentum); });
}

}  // namespace

NormStatistics::NormStatistics(nn::Module& module) : module_(module) {
  module.eval();
  for (const auto& child : module.modules()) {
    Begin<nn::BatchNorm1dImpl>(child, restore_);
    Begin<nn::BatchNorm2dImpl>(child, restore_);
    Begin<nn::BatchNorm3dImpl>(child, restore_);
  }
}

NormStatistics::~NormStatistics() {
  for (const auto& restore : restore_) restore();
  module_.eval();
}

}  // namespace tengen

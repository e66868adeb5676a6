#include "tests/nets/random_model.h"

#include "nets/torch_compat.h"

namespace tengen {

Model RandomModel(const ModelConfig& config, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  torch::manual_seed(seed);
  Model model(config, seed);
  for (auto item : model.module()->named_parameters()) {
    if (item.value().dim() == 1) item.value().add_(0.3 * at::randn_like(item.value()));
    if (item.key().starts_with("outputs") || item.key().starts_with("points") ||
        item.key().starts_with("columns")) {
      item.value().mul_(10.0);
    }
  }
  for (auto item : model.module()->named_buffers()) {
    at::Tensor buffer = item.value();
    if (item.key().ends_with("running_mean")) buffer.copy_(0.3 * at::randn_like(buffer));
    if (item.key().ends_with("running_var")) buffer.copy_(0.5 + at::rand_like(buffer));
  }
  model.Eval();
  return model;
}

}  // namespace tengen

#include "tests/nets/random_model.h"

#include <cmath>

#include <ATen/Context.h>
#include <torch/nn/module.h>

#include "envs/registry/game_registry.h"
#include "nets/torch_compat.h"
#include "nets/trunk.h"

namespace tengen {

std::ostream& operator<<(std::ostream& out, const GameAndTrunk& value) {
  return out << value.game << ", " << KindOf(value.trunk).name;
}

ModelConfig ConfigFor(const GameAndTrunk& value, int channels, int blocks) {
  ModelConfig config = ModelConfigFor((*MakeGame(value.game))->spec(), channels, blocks);
  config.trunk = value.trunk;
  return config;
}

Model RandomModel(const ModelConfig& config, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  at::manual_seed(seed);
  Model model(config, seed);
  for (auto item : model.module()->named_parameters()) {
    if (item.value().dim() == 1) item.value().add_(0.3 * at::randn_like(item.value()));
    // Branches that begin as nothing.
    if (item.key().ends_with(".mix.weight") || item.key().ends_with(".down.weight")) {
      item.value().copy_(at::randn_like(item.value()) /
                         std::sqrt(static_cast<double>(item.value().size(1))));
    }
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

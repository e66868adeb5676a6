#include "nets/net.h"

#include <torch/nn.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

NamedTensors Tensors(const torch::nn::Module& module) {
  NamedTensors all;
  for (const auto& item : module.named_parameters()) all[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) all[item.key()] = item.value();
  return all;
}

}  // namespace

NamedTensors NetWeights(const Net& net) {
  NamedTensors weights = Tensors(*net.module);
  for (auto& [name, tensor] : weights) {
    tensor = tensor.detach().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true).contiguous();
  }
  return weights;
}

Status LoadNetWeights(Net& net, const NamedTensors& weights) {
  const NamedTensors own = Tensors(*net.module);
  for (const auto& [name, tensor] : own) {
    const auto found = weights.find(name);
    if (found == weights.end()) return Error{StrCat("network has no tensor ", name)};
    const at::Tensor& given = found->second;
    if (given.sizes() != tensor.sizes() || given.scalar_type() != tensor.scalar_type()) {
      return Error{StrCat("network tensor ", name, " is ", given.toString(), " ", given.sizes(),
                          ", wanted ", tensor.toString(), " ", tensor.sizes())};
    }
  }
  for (const auto& [name, tensor] : weights) {
    if (!own.contains(name)) return Error{StrCat("network has a tensor ", name, ", wanted none")};
  }
  const at::NoGradGuard no_grad;
  for (auto [name, tensor] : own) tensor.copy_(weights.at(name));
  return Ok{};
}

void StopTraining(Net& net) { net.module->eval(); }

void MoveTo(Net& net, const std::string& device) { net.module->to(at::Device(device)); }

std::int64_t ParameterCount(const Net& net) {
  std::int64_t count = 0;
  for (const at::Tensor& parameter : net.module->parameters()) {
    if (parameter.requires_grad()) count += parameter.numel();
  }
  return count;
}

void FillUniform(at::Tensor tensor, double bound, Rng& rng) {
  const at::NoGradGuard no_grad;
  auto* out = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    out[i] = static_cast<float>(bound * (2.0 * rng.Uniform() - 1.0));
  }
}

void FillNormal(at::Tensor tensor, double deviation, Rng& rng) {
  const at::NoGradGuard no_grad;
  auto* out = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    out[i] = static_cast<float>(deviation * rng.Normal());
  }
}

}  // namespace tengen

#include "nets/folded_weights.h"

#include "envs/core/check.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr double kNormEps = 1e-5;  // LibTorch's BatchNorm2d

const at::Tensor& Find(const NamedTensors& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  TENGEN_CHECK(found != tensors.end(), "snapshot has no tensor ", name);
  return found->second;
}

}  // namespace

FoldedConv FoldNorm(const NamedTensors& tensors, const std::string& name) {
  const auto norm = [&](const char* part) { return Find(tensors, StrCat(name, ".norm.", part)); };
  const at::Tensor scale = norm("weight") / (norm("running_var") + kNormEps).sqrt();
  return {Find(tensors, name + ".conv.weight") * scale.view({-1, 1, 1, 1}),
          norm("bias") - norm("running_mean") * scale};
}

const at::Tensor& FoldedWeights::Raw(const std::string& name) const { return Find(tensors_, name); }

// Copies: CopyFrom writes into them, and snapshots never change.
at::Tensor FoldedWeights::Get(const std::string& name) const {
  const at::Tensor& found = Find(tensors_, name);
  return found.to(device_, found.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
}

at::Tensor FoldedWeights::Ready(const at::Tensor& tensor) const {
  return tensor.to(device_, type_, /*non_blocking=*/false, /*copy=*/true);
}

PackedConv FoldedWeights::Conv(const std::string& name, Activation activation) const {
  const FoldedConv folded = FoldNorm(tensors_, name);
  return PackedConv(folded.weight.to(device_, type_), folded.bias.to(device_, type_), activation,
                    path_);
}

}  // namespace tengen

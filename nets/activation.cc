#include "nets/activation.h"

#include "nets/tensor_ops.h"

namespace tengen {

const std::vector<NamedValue<Activation>>& ActivationNames() {
  static const std::vector<NamedValue<Activation>> kNames = {
      {"none", Activation::kNone}, {"sigmoid", Activation::kSigmoid}, {"tanh", Activation::kTanh},
      {"relu", Activation::kRelu}, {"gelu", Activation::kGelu},       {"silu", Activation::kSilu},
      {"mish", Activation::kMish}};
  return kNames;
}

at::Tensor Activate(Activation activation, const at::Tensor& x) {
  switch (activation) {
    case Activation::kNone:
      return x;
    case Activation::kSigmoid:
      return at::sigmoid(x);
    case Activation::kTanh:
      return at::tanh(x);
    case Activation::kRelu:
      return at::relu(x);
    case Activation::kGelu:
      return at::gelu(x);
    case Activation::kSilu:
      return at::silu(x);
    case Activation::kMish:
      return at::mish(x);
  }
  TENGEN_CHECK(false, "activation ", static_cast<int>(activation));
}

}  // namespace tengen

#include "nets/packed_conv.h"

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/dispatch/Dispatcher.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

using Sizes = std::vector<std::int64_t>;

// oneDNN is told an input size when it chooses the weights' layout; other sizes work with it too.
constexpr std::int64_t kTypicalBatch = 64;
constexpr std::int64_t kTypicalSide = 9;

}  // namespace

struct PackedConv::Packed {
  c10::OperatorHandle run;
  c10::IValue context;
};

PackedConv::PackedConv(const at::Tensor& weight, const at::Tensor& bias, Activation activation,
                       ComputePath path)
    : weight_(weight.contiguous(at::MemoryFormat::ChannelsLast)),
      bias_(bias),
      activation_(activation) {
  if (path == ComputePath::kOperators) return;
  c10::Dispatcher& dispatcher = c10::Dispatcher::singleton();
  const auto prepack = dispatcher.findSchema({"mkldnn_prepacked::conv2d_prepack", ""});
  const auto run = dispatcher.findSchema({"mkldnn_prepacked::conv2d_run", ""});
  if (!prepack || !run) return;
  const std::int64_t padding = weight.size(2) / 2;
  torch::jit::Stack stack;
  stack.emplace_back(weight_);
  stack.emplace_back(bias_);
  stack.emplace_back(Sizes{1, 1});              // stride
  stack.emplace_back(Sizes{padding, padding});  // padding
  stack.emplace_back(Sizes{1, 1});              // dilation
  stack.emplace_back(std::int64_t{1});          // groups
  stack.emplace_back(Sizes{kTypicalBatch, weight.size(1), kTypicalSide, kTypicalSide});
  stack.emplace_back(std::string(activation == Activation::kRelu ? "relu" : "none"));
  prepack->callBoxed(&stack);
  packed_.reset(new Packed{*run, stack.back()});
}
PackedConv::~PackedConv() = default;
PackedConv::PackedConv(PackedConv&&) noexcept = default;
PackedConv& PackedConv::operator=(PackedConv&&) noexcept = default;

void PackedConv::CopyFrom(const PackedConv& other) {
  TENGEN_CHECK(!packed_ && !other.packed_, "weights that oneDNN has packed are not copied");
  weight_.copy_(other.weight_);
  bias_.copy_(other.bias_);
}

at::Tensor PackedConv::operator()(const at::Tensor& x) const {
  if (packed_) {
    torch::jit::Stack stack;
    stack.reserve(2);
    stack.emplace_back(x);
    stack.emplace_back(packed_->context);
    packed_->run.callBoxed(&stack);
    return stack.back().toTensor();
  }
  const std::int64_t padding = weight_.size(2) / 2;
  at::Tensor y =
      at::conv2d(x, weight_, bias_, at::IntArrayRef{1, 1}, at::IntArrayRef{padding, padding});
  return activation_ == Activation::kRelu ? y.relu_() : y;
}

}  // namespace tengen

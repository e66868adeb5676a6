#include "nets/packed_conv.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "nets/point_ops.h"
#include "nets/same_conv.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

using Sizes = std::vector<std::int64_t>;

// oneDNN is told an input size when it chooses the weights' layout; other sizes work with it too.
constexpr std::int64_t kTypicalBatch = 64;
constexpr std::int64_t kTypicalSide = 9;

bool GoesByWinograd(const at::Tensor& weight) {
  return weight.scalar_type() == at::kFloat && weight.size(2) == 3 && weight.size(3) == 3 &&
         WinogradConv::IsFast(static_cast<std::size_t>(weight.size(1)),
                              static_cast<std::size_t>(weight.size(0)));
}

// REQUIRES: contiguous float32 on the CPU.
std::span<const float> Numbers(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace

struct PackedConv::Packed {
  c10::OperatorHandle run;
  c10::IValue context;
};

PackedConv::PackedConv(const at::Tensor& weight, const at::Tensor& bias, Activation activation,
                       ComputePath path)
    : weight_(weight.contiguous(at::MemoryFormat::ChannelsLast)),
      bias_(bias),
      activation_(activation),
      path_(path) {
  if (path == ComputePath::kOperators) return;
  if (GoesByWinograd(weight)) {
    winograd_ = std::make_unique<WinogradConv>(Numbers(WholeChannels(weight).contiguous()),
                                               Numbers(bias.contiguous()));
    return;
  }
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
  TENGEN_CHECK(path_ == ComputePath::kOperators && other.path_ == ComputePath::kOperators,
               "weights that were packed are not copied");
  weight_.copy_(other.weight_);
  bias_.copy_(other.bias_);
}

at::Tensor PackedConv::Winograd(const at::Tensor& x, const float* added, bool relu) const {
  const at::Tensor from = WholeChannels(x).contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor y = at::empty({x.size(0), weight_.size(0), x.size(2), x.size(3)},
                           x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const MapShape shape{static_cast<std::size_t>(x.size(0)), static_cast<std::size_t>(x.size(2)),
                       static_cast<std::size_t>(x.size(3))};
  at::parallel_for(0, static_cast<std::int64_t>(winograd_->parts(shape)), 1,
                   [&](std::int64_t first, std::int64_t last) {
                     winograd_->Run(from.data_ptr<float>(), shape, added, relu, y.data_ptr<float>(),
                                    static_cast<std::size_t>(first),
                                    static_cast<std::size_t>(last));
                   });
  return y;
}

at::Tensor PackedConv::AddRelu(const at::Tensor& x, const at::Tensor& added) const {
  if (winograd_) {
    const at::Tensor from = added.contiguous(at::MemoryFormat::ChannelsLast);
    return Winograd(x, from.data_ptr<float>(), /*relu=*/true);
  }
  at::Tensor y = (*this)(x);
  tengen::AddRelu(y, added, path_);
  return y;
}

at::Tensor PackedConv::operator()(const at::Tensor& x) const {
  if (winograd_) return Winograd(x, nullptr, activation_ == Activation::kRelu);
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

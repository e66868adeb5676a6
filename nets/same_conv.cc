#include "nets/same_conv.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nets/torch_compat.h"
#include "nets/winograd_conv.h"
#include "nets/winograd_gradient.h"

namespace tengen {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::size_t Size(const at::Tensor& tensor, std::int64_t dimension) {
  return static_cast<std::size_t>(tensor.size(dimension));
}

MapShape ShapeOf(const at::Tensor& map) { return {Size(map, 0), Size(map, 2), Size(map, 3)}; }

at::Tensor Lines(const at::Tensor& map) { return map.contiguous(at::MemoryFormat::ChannelsLast); }

std::span<const float> Numbers(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

// x channels-last, weight contiguous.
at::Tensor Convolve(const at::Tensor& x, const at::Tensor& weight) {
  const std::vector<float> no_bias(Size(weight, 0));
  const WinogradConv conv(Numbers(weight), no_bias);
  const MapShape shape = ShapeOf(x);
  at::Tensor y = at::empty({x.size(0), weight.size(0), x.size(2), x.size(3)},
                           x.options().memory_format(at::MemoryFormat::ChannelsLast));
  at::parallel_for(0, static_cast<std::int64_t>(conv.parts(shape)), 1,
                   [&](std::int64_t first, std::int64_t last) {
                     conv.Run(x.data_ptr<float>(), shape, nullptr, /*relu=*/false,
                              y.data_ptr<float>(), static_cast<std::size_t>(first),
                              static_cast<std::size_t>(last));
                   });
  return y;
}

// Each thread adds up an equal share of the parts, and the shares are added in order.
at::Tensor WeightGradient(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight) {
  const WinogradGradient gradient(ShapeOf(x), Size(x, 1), Size(dy, 1));
  const std::size_t parts = gradient.parts();
  const auto threads = std::min(parts, static_cast<std::size_t>(at::get_num_threads()));
  std::vector<std::vector<float>> sums(threads);
  at::parallel_for(
      0, static_cast<std::int64_t>(threads), 1, [&](std::int64_t first, std::int64_t last) {
        for (auto t = static_cast<std::size_t>(first); t < static_cast<std::size_t>(last); ++t) {
          gradient.Add(x.data_ptr<float>(), dy.data_ptr<float>(), t * parts / threads,
                       (t + 1) * parts / threads, sums[t]);
        }
      });
  for (std::size_t t = 1; t < threads; ++t) {
    std::transform(sums[0].begin(), sums[0].end(), sums[t].begin(), sums[0].begin(), std::plus<>());
  }
  at::Tensor result = at::empty(weight.sizes(), weight.options());
  gradient.Finish(sums[0], result.data_ptr<float>());
  return result;
}

struct WinogradFunction : torch::autograd::Function<WinogradFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& map,
                            const at::Tensor& trained) {
    const at::Tensor x = Lines(map);
    const at::Tensor weight = trained.contiguous();
    context->save_for_backward({x, weight});
    return Convolve(x, weight);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor dy = Lines(gradients[0]);
    // The outputs' gradients reach an input by the kernel turned half around.
    const at::Tensor back = weight.flip({2, 3}).transpose(0, 1).contiguous();
    const bool learns_input = context->needs_input_grad(0);
    return {learns_input ? Convolve(dy, back) : at::Tensor(), WeightGradient(x, dy, weight)};
  }
};

bool GoesByWinograd(const at::Tensor& x, const at::Tensor& weight) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && weight.size(2) == 3 &&
         weight.size(3) == 3 && x.numel() > 0 &&
         WinogradConv::IsFast(Size(weight, 1), Size(weight, 0));
}

}  // namespace

at::Tensor SameConv(const at::Tensor& x, const at::Tensor& weight) {
  if (GoesByWinograd(x, weight)) {
    return WinogradFunction::apply(WholeChannels(x), WholeChannels(weight));
  }
  return at::conv2d(x, weight, {}, at::IntArrayRef{1, 1},
                    at::IntArrayRef{weight.size(2) / 2, weight.size(3) / 2});
}

at::Tensor WholeChannels(const at::Tensor& x) {
  const auto whole = static_cast<std::int64_t>(WinogradConv::Whole(Size(x, 1)));
  return whole == x.size(1) ? x : at::constant_pad_nd(x, {0, 0, 0, 0, 0, whole - x.size(1)});
}

}  // namespace tengen

#include "nets/norm_relu.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/modules/batchnorm.h>

#include "nets/norm_kernels.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows are summed in so many parts, whatever the threads are, and the parts in their order.
constexpr std::int64_t kParts = 32;

struct Rows {
  explicit Rows(const at::Tensor& map)
      : count(map.size(0) * map.size(2) * map.size(3)), channels(map.size(1)) {}

  // Calls function(part, first row, rows).
  template <typename Function>
  void ForParts(const Function& function) const {
    at::parallel_for(0, kParts, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t part = first; part < last; ++part) {
        const std::int64_t begin = part * count / kParts;
        function(part, begin, (part + 1) * count / kParts - begin);
      }
    });
  }

  std::int64_t count;
  std::int64_t channels;
};

// The map's numbers, null for an undefined one.
template <typename T>
T* Data(const at::Tensor& map) {
  return map.defined() ? static_cast<T*>(map.data_ptr()) : nullptr;
}

// Calls function(T()) with what the map is made of.
template <typename Function>
auto WithType(const at::Tensor& map, const Function& function) {
  return map.scalar_type() == at::kBFloat16 ? function(Half()) : function(float());
}

// Sums over parts and rows: add(first row, rows, numbers of this part).
template <typename Add>
std::vector<double> Sum(const Rows& rows, std::int64_t width, const Add& add) {
  std::vector<float> parts(static_cast<std::size_t>(kParts * width));
  rows.ForParts([&](std::int64_t part, std::int64_t first, std::int64_t count) {
    add(first, static_cast<std::size_t>(count), parts.data() + part * width);
  });
  std::vector<double> sums(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i % sums.size()] += parts[i];
  return sums;
}

at::Tensor Floats(const std::vector<double>& numbers, double factor) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(numbers.size())}, at::kFloat);
  std::ranges::transform(numbers, tensor.data_ptr<float>(),
                         [factor](double n) { return static_cast<float>(factor * n); });
  return tensor;
}

struct Moments {
  at::Tensor mean;      // [C]
  at::Tensor variance;  // [C], over all rows, not their number less one
};

Moments MomentsOf(const at::Tensor& x) {
  const Rows rows(x);
  const auto channels = static_cast<std::size_t>(rows.channels);
  const double share = 1.0 / static_cast<double>(rows.count);
  return WithType(x, [&]<typename T>(T) {
    const T* data = Data<T>(x);
    const auto sums = Sum(rows, rows.channels, [&](auto first, std::size_t count, float* part) {
      AddColumns(data + first * rows.channels, count, channels, part);
    });
    const at::Tensor mean = Floats(sums, share);
    const auto squares = Sum(rows, rows.channels, [&](auto first, std::size_t count, float* part) {
      AddSquares(data + first * rows.channels, mean.data_ptr<float>(), count, channels, part);
    });
    return Moments{mean, Floats(squares, share)};
  });
}

// As BatchNorm2d moves them: the variance is the unbiased one.
void MoveRunning(torch::nn::BatchNorm2dImpl& norm, const Moments& moments, std::int64_t rows) {
  const at::NoGradGuard no_grad;
  norm.num_batches_tracked.add_(1);
  const auto momentum = norm.options.momentum();
  const double share = momentum ? *momentum : 1.0 / norm.num_batches_tracked.item<double>();
  const double unbiased = static_cast<double>(rows) / static_cast<double>(rows - 1);
  norm.running_mean.mul_(1.0 - share).add_(moments.mean, share);
  norm.running_var.mul_(1.0 - share).add_(moments.variance, share * unbiased);
}

struct NormReluFunction : torch::autograd::Function<NormReluFunction> {
  // `scale` is the inverse deviation. Without `adds`, `added` is anything.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, const at::Tensor& added, bool adds, bool relu,
                            const at::Tensor& mean, const at::Tensor& scale) {
    const Rows rows(x);
    const at::Tensor factor = weight * scale;
    const at::Tensor shift = bias - factor * mean;
    at::Tensor y = at::empty_like(x);
    WithType(x, [&]<typename T>(T) {
      const T* from = Data<T>(x);
      const T* other = adds ? Data<T>(added) : nullptr;
      rows.ForParts([&](std::int64_t, std::int64_t first, std::int64_t count) {
        const std::int64_t at = first * rows.channels;
        ScaleRows(from + at, adds ? other + at : nullptr, factor.data_ptr<float>(),
                  shift.data_ptr<float>(), relu, static_cast<std::size_t>(count),
                  static_cast<std::size_t>(rows.channels), Data<T>(y) + at);
      });
    });
    context->save_for_backward({x, relu ? y : at::Tensor(), mean, scale, factor});
    context->saved_data["adds"] = adds;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor &x = saved[0], &y = saved[1], &mean = saved[2], &scale = saved[3];
    const Rows rows(x);
    const auto channels = static_cast<std::size_t>(rows.channels);
    const bool adds = context->saved_data["adds"].toBool();
    at::Tensor dx = at::empty_like(x);
    at::Tensor dadded = adds ? at::empty_like(x) : at::Tensor();
    at::Tensor dweight, dbias;
    WithType(x, [&]<typename T>(T) {
      const T* from = Data<T>(x);
      const T* out = Data<T>(y);
      const T* given = Data<T>(dy);
      const auto behind = [](const T* data, std::int64_t at) {
        return data == nullptr ? nullptr : data + at;
      };
      const auto sums = Sum(rows, 2 * rows.channels, [&](auto first, std::size_t n, float* part) {
        const std::int64_t at = first * rows.channels;
        AddGradients(given + at, behind(out, at), from + at, mean.data_ptr<float>(), n, channels,
                     part, part + channels);
      });
      const at::Tensor both = Floats(sums, 1.0);
      dbias = both.narrow(0, 0, rows.channels).clone();
      dweight = both.narrow(0, rows.channels, rows.channels) * scale;
      // With xhat = (x - mean) scale: dx = factor (g - mean of g - xhat times mean of g xhat).
      const at::Tensor& of_dy = saved[4];
      const double share = 1.0 / static_cast<double>(rows.count);
      const at::Tensor of_x = of_dy * scale * dweight * -share;
      const at::Tensor constant = of_dy * dbias * -share - of_x * mean;
      T* added = Data<T>(dadded);
      rows.ForParts([&](std::int64_t, std::int64_t first, std::int64_t count) {
        const std::int64_t at = first * rows.channels;
        InputGradient(given + at, behind(out, at), from + at, of_dy.data_ptr<float>(),
                      of_x.data_ptr<float>(), constant.data_ptr<float>(),
                      static_cast<std::size_t>(count), channels, Data<T>(dx) + at,
                      adds ? added + at : nullptr);
      });
    });
    return {dx, dweight, dbias, dadded, {}, {}, {}, {}};
  }
};

bool GoesByLoops(const torch::nn::BatchNorm2dImpl& norm, const at::Tensor& x,
                 const at::Tensor& added) {
  const auto fits = [&x](const at::Tensor& map) {
    return map.scalar_type() == x.scalar_type() &&
           map.is_contiguous(at::MemoryFormat::ChannelsLast);
  };
  return norm.is_training() && x.is_cpu() && norm.weight.scalar_type() == at::kFloat &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) && fits(x) &&
         (!added.defined() || fits(added)) && Rows(x).count > 1;
}

}  // namespace

at::Tensor NormRelu(torch::nn::BatchNorm2dImpl& norm, const at::Tensor& x, const at::Tensor& added,
                    bool relu) {
  if (!GoesByLoops(norm, x, added)) {
    at::Tensor y = norm.forward(x);
    if (added.defined()) y = y + added;
    return relu ? y.relu() : y;
  }
  const Moments moments = MomentsOf(x.detach());
  MoveRunning(norm, moments, Rows(x).count);
  const at::Tensor scale = (moments.variance + norm.options.eps()).rsqrt();
  const bool adds = added.defined();
  return NormReluFunction::apply(x, norm.weight, norm.bias, adds ? added : x, adds, relu,
                                 moments.mean, scale);
}

}  // namespace tengen

#include "nets/parallel_loss.h"

#include <torch/csrc/autograd/autograd.h>

#include "envs/core/check.h"
#include "envs/core/index_threads.h"
#include "nets/intra_op_threads.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

// A number with the value `value` and, by each parameter, the gradient given: the products' sum is
// taken away again as a constant.
at::Tensor WithGradient(const at::Tensor& value, const std::vector<at::Tensor>& parameters,
                        const std::vector<at::Tensor>& gradients) {
  at::Tensor products = at::zeros_like(value);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (gradients[i].defined()) products = products + (parameters[i] * gradients[i]).sum();
  }
  return value + (products - products.detach());
}

}  // namespace

at::Tensor ParallelLoss(const std::vector<at::Tensor>& parameters, int parts, int threads,
                        const std::function<at::Tensor(int part)>& loss_of) {
  TENGEN_CHECK(parts >= 1, parts, " parts, wanted at least 1");
  const auto count = static_cast<std::size_t>(parts);
  std::vector<at::Tensor> losses(count);
  std::vector<std::vector<at::Tensor>> gradients(count);
  ForEachIndex(parts, threads, [&]() -> IndexWork {
    SetIntraOpThreads(1);
    return [&](int index) {
      const auto part = static_cast<std::size_t>(index);
      const at::Tensor loss = loss_of(index);
      losses[part] = loss.detach();
      gradients[part] = torch::autograd::grad({loss}, parameters, {}, kNullopt,
                                              /*create_graph=*/false, /*allow_unused=*/true);
      return true;
    };
  });
  at::Tensor value = losses.front();
  std::vector<at::Tensor> sums = gradients.front();
  for (std::size_t part = 1; part < count; ++part) {
    value = value + losses[part];
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const at::Tensor& gradient = gradients[part][i];
      if (gradient.defined()) sums[i] = sums[i].defined() ? sums[i] + gradient : gradient;
    }
  }
  return WithGradient(value, parameters, sums);
}

}  // namespace tengen

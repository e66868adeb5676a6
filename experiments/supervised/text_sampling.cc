#include "experiments/supervised/text_sampling.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>

#include "nets/tensor_ops.h"

namespace tengen {

std::vector<int> ContinueText(const Net& net, const std::vector<int>& start,
                              const SamplingConfig& config, const std::string& device, Rng& rng) {
  const at::NoGradGuard no_grad;
  std::vector<int> symbols = start;
  for (int i = 0; i < config.count; ++i) {
    const std::size_t shown = std::min(symbols.size(), static_cast<std::size_t>(config.context));
    at::Tensor x = at::empty({1, static_cast<std::int64_t>(shown)}, at::kLong);
    std::copy(symbols.end() - static_cast<std::ptrdiff_t>(shown), symbols.end(),
              x.data_ptr<std::int64_t>());
    const at::Tensor logits =
        net.forward(x.to(at::Device(device))).to(at::kCPU).to(at::kFloat).select(1, -1)[0];
    if (config.temperature <= 0.0) {
      symbols.push_back(static_cast<int>(logits.argmax().item<std::int64_t>()));
      continue;
    }
    const at::Tensor p = at::softmax(logits / config.temperature, 0).contiguous();
    symbols.push_back(rng.Categorical({p.data_ptr<float>(), static_cast<std::size_t>(p.numel())}));
  }
  return symbols;
}

}  // namespace tengen

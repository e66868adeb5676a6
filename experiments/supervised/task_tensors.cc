#include "experiments/supervised/task_tensors.h"

#include <algorithm>
#include <chrono>

#include <ATen/core/grad_mode.h>

#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr std::int64_t kRows = 256;

}  // namespace

at::Tensor FeatureTensor(const Samples& samples) {
  std::vector<std::int64_t> sizes = {samples.size()};
  sizes.insert(sizes.end(), samples.shape.begin(), samples.shape.end());
  at::Tensor tensor = at::empty(sizes);
  std::copy(samples.features.begin(), samples.features.end(), tensor.data_ptr<float>());
  return tensor;
}

at::Tensor LabelTensor(const Samples& samples) {
  at::Tensor tensor = at::empty({samples.size()}, at::kLong);
  std::copy(samples.labels.begin(), samples.labels.end(), tensor.data_ptr<std::int64_t>());
  return tensor;
}

at::Tensor TargetTensor(const Samples& samples) {
  at::Tensor tensor = at::empty({samples.size(), 1});
  std::copy(samples.targets.begin(), samples.targets.end(), tensor.data_ptr<float>());
  return tensor;
}

at::Tensor Outputs(const Net& net, const at::Tensor& x, const std::string& device) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < x.size(0); i += kRows) {
    const at::Tensor part = x.narrow(0, i, std::min(kRows, x.size(0) - i));
    rows.push_back(net.forward(part.to(at::Device(device))).to(at::kCPU));
  }
  return at::cat(rows);
}

Batch OnDevice(const Batch& batch, const std::string& device) {
  if (device == "cpu") return batch;
  Batch moved;
  for (const at::Tensor& tensor : batch) moved.push_back(tensor.to(at::Device(device)));
  return moved;
}

double PredictionSeconds(const Net& net, const at::Tensor& example, const std::string& device) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (int i = 0; i < 9; ++i) {
    const auto begin = Clock::now();
    Outputs(net, example, device);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + 4, seconds.end());
  return seconds[4];
}

}  // namespace tengen

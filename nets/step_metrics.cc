#include "nets/step_metrics.h"

#include <cmath>
#include <map>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

at::Tensor AsDouble(const at::Tensor& number) { return number.detach().to(at::kDouble); }

}  // namespace

void UnreadMetrics::Add(const Loss& loss, const at::Tensor& grad_norm) {
  const at::NoGradGuard no_grad;
  Numbers numbers;
  std::vector<at::Tensor> values = {AsDouble(loss.total), AsDouble(grad_norm)};
  for (const auto& [name, part] : loss.parts) {
    numbers.names.push_back(name);
    values.push_back(AsDouble(part));
  }
  numbers.values = at::stack(values);
  updates_.push_back(std::move(numbers));
}

StepMetrics UnreadMetrics::Read() {
  StepMetrics metrics;
  metrics.read = count();
  if (updates_.empty()) return metrics;
  std::vector<at::Tensor> all;
  for (const Numbers& numbers : updates_) all.push_back(numbers.values);
  const at::Tensor on_host = at::cat(all).to(at::kCPU);
  const double* value = on_host.data_ptr<double>();
  std::vector<std::string> order;
  std::map<std::string, std::pair<double, int>> parts;  // sum, count
  int made = 0;
  for (const Numbers& numbers : updates_) {
    const bool good = std::isfinite(value[0]) && std::isfinite(value[1]);
    // Of an update alone its own numbers are told, whatever they are.
    if (good || updates_.size() == 1) {
      ++made;
      metrics.loss += (value[0] - metrics.loss) / made;
      metrics.grad_norm += (value[1] - metrics.grad_norm) / made;
      for (std::size_t i = 0; i < numbers.names.size(); ++i) {
        auto& [sum, times] = parts[numbers.names[i]];
        if (times++ == 0) order.push_back(numbers.names[i]);
        sum += value[2 + i];
      }
    }
    if (!good) ++metrics.skipped;
    value += numbers.values.numel();
  }
  for (const std::string& name : order) {
    metrics.parts.emplace_back(name, parts[name].first / parts[name].second);
  }
  updates_.clear();
  return metrics;
}

StepMetrics MetricsOf(const Loss& loss) {
  UnreadMetrics unread;
  unread.Add(loss, at::zeros({}, loss.total.options().requires_grad(false)));
  return unread.Read();
}

}  // namespace tengen

#include "nets/trainer.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

// Sets running statistics to the plain mean over the batches that are run through the module while
// this lives, and the momentum back at its end.
class StatisticsEstimation {
 public:
  explicit StatisticsEstimation(nn::Module& module) {
    for (const auto& child : module.modules()) {
      if (auto norm = std::dynamic_pointer_cast<nn::BatchNorm2dImpl>(child)) {
        norm->reset_running_stats();
        momenta_.emplace_back(norm, norm->options.momentum());
        norm->options.momentum(kNullopt);
      }
    }
  }
  ~StatisticsEstimation() {
    for (auto& [norm, momentum] : momenta_) norm->options.momentum(momentum);
  }
  StatisticsEstimation(const StatisticsEstimation&) = delete;
  StatisticsEstimation& operator=(const StatisticsEstimation&) = delete;

  bool needed() const { return !momenta_.empty(); }

 private:
  using Momentum = std::decay_t<decltype(std::declval<nn::BatchNorm2dImpl&>().options.momentum())>;
  std::vector<std::pair<std::shared_ptr<nn::BatchNorm2dImpl>, Momentum>> momenta_;
};

NamedTensors CopyOf(const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  NamedTensors copy;
  for (const auto& [name, tensor] : tensors) {
    copy[name] = tensor.detach().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  }
  return copy;
}

StepMetrics MetricsOf(const Loss& loss) {
  StepMetrics metrics;
  metrics.loss = loss.total.item<double>();
  for (const auto& [name, part] : loss.parts) metrics.parts.emplace_back(name, part.item<double>());
  return metrics;
}

}  // namespace

struct Trainer::Impl {
  Impl(std::shared_ptr<nn::Module> trained, LossFunction loss_function,
       const TrainerConfig& trainer_config)
      : config(trainer_config),
        module(std::move(trained)),
        loss(std::move(loss_function)),
        optimizer(module->parameters(), trainer_config.optimizer),
        average(optimizer.flat().clone()) {
    for (const auto& item : module->named_buffers()) buffers.emplace_back(item.key(), item.value());
  }

  NamedTensors CopyBuffers() const { return CopyOf(buffers); }
  void RestoreBuffers(const NamedTensors& saved) {
    const at::NoGradGuard no_grad;
    for (auto& [name, tensor] : buffers) tensor.copy_(saved.at(name));
  }

  void UpdateAverage() {
    const auto t = static_cast<double>(optimizer.step() - 1);
    const double decay = std::min(config.ema_decay, (1.0 + t) / (10.0 + t));
    const at::NoGradGuard no_grad;
    average.lerp_(optimizer.flat(), 1.0 - decay);
  }

  TrainerConfig config;
  std::shared_ptr<nn::Module> module;
  LossFunction loss;
  Optimizer optimizer;
  at::Tensor average;  // of optimizer.flat()
  std::vector<std::pair<std::string, at::Tensor>> buffers;
  int skips = 0;  // in a row
};

Trainer::Trainer(std::shared_ptr<nn::Module> module, LossFunction loss, const TrainerConfig& config)
    : impl_(std::make_unique<Impl>(std::move(module), std::move(loss), config)) {}
Trainer::~Trainer() = default;

std::int64_t Trainer::step() const { return impl_->optimizer.step(); }

StepMetrics Trainer::Step(const Batch& batch) {
  Impl& self = *impl_;
  self.module->train();
  const NamedTensors buffers = self.CopyBuffers();
  self.optimizer.ZeroGrad();
  const Loss loss = self.loss(batch);
  StepMetrics metrics = MetricsOf(loss);
  if (std::isfinite(metrics.loss)) {
    loss.total.backward();
    metrics.grad_norm = self.optimizer.GradNorm();
  }
  metrics.lr = self.optimizer.lr();
  metrics.skipped = !std::isfinite(metrics.loss) || !std::isfinite(metrics.grad_norm);
  if (metrics.skipped) {
    self.RestoreBuffers(buffers);
    if (++self.skips >= self.config.max_skips) {
      throw WorldError(StrCat("training: loss ", metrics.loss, " and gradient norm ",
                              metrics.grad_norm, ", wanted finite numbers, ", self.skips,
                              " updates in a row"));
    }
  } else {
    self.skips = 0;
    self.optimizer.Step(metrics.grad_norm);
    self.UpdateAverage();
  }
  metrics.step = step();
  return metrics;
}

StepMetrics Trainer::Evaluate(const Batch& batch) {
  const at::NoGradGuard no_grad;
  impl_->module->eval();
  StepMetrics metrics = MetricsOf(impl_->loss(batch));
  metrics.step = step();
  metrics.lr = impl_->optimizer.lr();
  return metrics;
}

NamedTensors Trainer::AveragedWeights(std::span<const Batch> batches) {
  Impl& self = *impl_;
  const at::NoGradGuard no_grad;
  const NamedTensors buffers = self.CopyBuffers();
  const at::Tensor weights = self.optimizer.flat().clone();
  if (self.config.ema_decay > 0.0) self.optimizer.flat().copy_(self.average);
  if (self.config.ema_decay > 0.0 && !batches.empty()) {
    self.module->train();
    const StatisticsEstimation estimation(*self.module);
    for (const Batch& batch : batches) {
      if (estimation.needed()) self.loss(batch);
    }
  }
  NamedTensors result = self.CopyBuffers();
  for (const auto& item : self.module->named_parameters()) {
    result[item.key()] = item.value().detach().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  }
  self.optimizer.flat().copy_(weights);
  self.RestoreBuffers(buffers);
  return result;
}

NamedTensors Trainer::State() const {
  NamedTensors state;
  for (const auto& [name, tensor] : impl_->optimizer.State()) state["optimizer." + name] = tensor;
  for (const auto& [name, tensor] : impl_->CopyBuffers()) state["buffer." + name] = tensor;
  state["weights"] = impl_->optimizer.flat().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  state["average"] = impl_->average.to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  return state;
}

Status Trainer::Load(const NamedTensors& state) {
  Impl& self = *impl_;
  const auto wants = [&state](const std::string& name, std::int64_t size) -> Status {
    const auto found = state.find(name);
    if (found == state.end()) return Error{StrCat("trainer state has no ", name)};
    if (found->second.numel() != size) {
      return Error{StrCat("trainer state ", name, " has ", found->second.numel(),
                          " numbers, wanted ", size)};
    }
    return Ok{};
  };
  for (const char* name : {"weights", "average"}) {
    Status status = wants(name, self.average.numel());
    if (!status.ok()) return status;
  }
  for (const auto& [name, tensor] : self.buffers) {
    Status status = wants("buffer." + name, tensor.numel());
    if (!status.ok()) return status;
  }
  NamedTensors optimizer_state;
  for (const auto& [name, tensor] : state) {
    if (name.starts_with("optimizer.")) optimizer_state[name.substr(10)] = tensor;
  }
  Status status = self.optimizer.Load(optimizer_state);
  if (!status.ok()) return status;

  const at::NoGradGuard no_grad;
  self.optimizer.flat().copy_(state.at("weights"));
  self.average.copy_(state.at("average"));
  for (auto& [name, tensor] : self.buffers) tensor.copy_(state.at("buffer." + name));
  self.skips = 0;
  return Ok{};
}

}  // namespace tengen

#include "nets/trainer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include <torch/nn.h>

#include "nets/norm_statistics.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

// The module's trained parameters, and how each is treated.
std::vector<OptimizedTensor> Trained(nn::Module& module, const std::vector<ParameterRule>& rules) {
  std::vector<OptimizedTensor> trained;
  for (const auto& item : module.named_parameters()) {
    at::Tensor parameter = item.value();
    if (!parameter.requires_grad()) continue;
    if (parameter.is_cuda() && parameter.dim() == 4) {
      parameter.set_data(parameter.detach().contiguous(at::MemoryFormat::ChannelsLast));
    }
    trained.push_back(ApplyRules(item.key(), parameter, rules));
  }
  return trained;
}

// Copies of the tensors whose names begin so, without that beginning.
NamedTensors Below(const NamedTensors& all, const std::string& prefix) {
  NamedTensors below;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix)) below[name.substr(prefix.size())] = tensor;
  }
  return below;
}

at::Tensor HostCopy(const at::Tensor& tensor) {
  return tensor.detach().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
}

// The module's buffers and the parameters that are not trained, one vector for each type.
class Buffers {
 public:
  explicit Buffers(nn::Module& module) {
    for (const auto& item : module.named_buffers()) named_.emplace_back(item.key(), item.value());
    for (const auto& item : module.named_parameters()) {
      if (!item.value().requires_grad()) named_.emplace_back(item.key(), item.value());
    }
    std::map<at::ScalarType, std::vector<at::Tensor>> types;
    for (const auto& [name, tensor] : named_) types[tensor.scalar_type()].push_back(tensor);
    for (auto& [type, tensors] : types) flat_.emplace_back(std::move(tensors));
  }

  const std::vector<std::pair<std::string, at::Tensor>>& named() const { return named_; }

  std::vector<at::Tensor> Copy() const {
    std::vector<at::Tensor> copies;
    for (const FlatTensors& flat : flat_) copies.push_back(flat.vector().clone());
    return copies;
  }
  void Restore(const std::vector<at::Tensor>& copies) {
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      at::Tensor vector = flat_[i].vector();
      vector.copy_(copies[i]);
    }
  }
  // Those that are measured and so differ between ranks; others count.
  std::vector<at::Tensor> Measured() const {
    std::vector<at::Tensor> measured;
    for (const FlatTensors& flat : flat_) {
      if (flat.vector().is_floating_point()) measured.push_back(flat.vector());
    }
    return measured;
  }
  // Puts the copies back where `good` does not hold.
  void RestoreUnless(const at::Tensor& good, const std::vector<at::Tensor>& copies) {
    for (std::size_t i = 0; i < flat_.size(); ++i) {
      at::Tensor vector = flat_[i].vector();
      vector.copy_(at::where(good, vector, copies[i]));
    }
  }

 private:
  std::vector<std::pair<std::string, at::Tensor>> named_;
  std::vector<FlatTensors> flat_;
};

}  // namespace

struct Trainer::Impl {
  Impl(std::shared_ptr<nn::Module> trained, LossFunction loss_function,
       const TrainerConfig& trainer_config, TrainerParts trainer_parts)
      : config(trainer_config),
        parts(std::move(trainer_parts)),
        module(std::move(trained)),
        loss(std::move(loss_function)),
        optimizer(Trained(*module, parts.rules), trainer_config.optimizer),
        average(optimizer.flat().clone()),
        buffers(*module) {
    TENGEN_CHECK(config.accumulate >= 1, "gradients of ", config.accumulate, " batches");
    if (config.read_every == 0) config.read_every = average.is_cpu() ? 1 : 10;
  }

  StepMetrics Update(std::span<const Batch> batches);
  Loss Forward(std::span<const Batch> batches);
  Loss MeanOverRanks(const Loss& own);
  void Decide(const at::Tensor& grad_norm, const StepMetrics& metrics,
              const std::vector<at::Tensor>& old_buffers);
  StepMetrics ReadUpdates();
  void UpdateAverage(const at::Tensor& good);

  TrainerConfig config;
  TrainerParts parts;
  std::shared_ptr<nn::Module> module;
  LossFunction loss;
  Optimizer optimizer;
  at::Tensor average;  // of optimizer.flat()
  Buffers buffers;
  UnreadMetrics unread;
  int skips = 0;  // in a row
};

// Runs the batches and adds their gradients up. With several, the loss and its parts are means.
Loss Trainer::Impl::Forward(std::span<const Batch> batches) {
  optimizer.ZeroGrad();
  if (batches.size() == 1) {
    Loss one = loss(batches.front());
    one.total.backward();
    return one;
  }
  const double share = 1.0 / static_cast<double>(batches.size());
  Loss mean;
  for (const Batch& batch : batches) {
    const Loss one = loss(batch);
    (one.total * share).backward();
    const at::Tensor scaled = one.total.detach() * share;
    mean.total = mean.total.defined() ? mean.total + scaled : scaled;
    for (const auto& [name, part] : one.parts) {
      const at::Tensor value = part.detach() * share;
      const auto found = std::find_if(mean.parts.begin(), mean.parts.end(),
                                      [&name = name](const auto& p) { return p.first == name; });
      if (found == mean.parts.end()) {
        mean.parts.emplace_back(name, value);
      } else {
        found->second = found->second + value;
      }
    }
  }
  return mean;
}

// Gradient, buffers, loss and its parts go through one all-reduce. REQUIRES: every rank's loss has
// the same parts.
Loss Trainer::Impl::MeanOverRanks(const Loss& own) {
  std::vector<at::Tensor> all = buffers.Measured();
  all.push_back(optimizer.gradient());
  all.push_back(own.total.detach());
  for (const auto& [name, part] : own.parts) all.push_back(part.detach());
  std::vector<at::Tensor> flat;
  for (const at::Tensor& tensor : all) {
    flat.push_back(tensor.reshape({-1}).to(optimizer.gradient().scalar_type()));
  }
  const at::Tensor vector = at::cat(flat);
  parts.team->Mean(vector);
  std::int64_t offset = 0;
  const auto take = [&](at::Tensor into) {
    into.copy_(vector.narrow(0, offset, into.numel()).view_as(into));
    offset += into.numel();
    return into;
  };
  const std::size_t kept = all.size() - 1 - own.parts.size();
  for (std::size_t i = 0; i < kept; ++i) take(all[i]);
  Loss mean;
  mean.total = take(at::empty_like(all[kept]));
  for (const auto& [name, part] : own.parts) {
    mean.parts.emplace_back(name, take(at::empty_like(part.detach())));
  }
  return mean;
}

StepMetrics Trainer::Impl::Update(std::span<const Batch> batches) {
  module->train();
  const std::vector<at::Tensor> old_buffers = buffers.Copy();
  const double lr = optimizer.lr();
  Loss sum = Forward(batches);
  const at::NoGradGuard no_grad;
  if (parts.team) sum = MeanOverRanks(sum);
  const at::Tensor grad_norm = optimizer.GradNormTensor();
  unread.Add(sum, grad_norm);
  StepMetrics metrics;
  if (config.read_every == 1) {
    metrics = unread.Read();
    skips = metrics.skipped > 0 ? skips + 1 : 0;
    if (metrics.skipped > 0) {
      buffers.Restore(old_buffers);
    } else {
      optimizer.Step(metrics.grad_norm);
      UpdateAverage({});
    }
  } else {
    const at::Tensor good = at::isfinite(sum.total.detach()).logical_and(at::isfinite(grad_norm));
    optimizer.StepWhere(good, grad_norm);
    UpdateAverage(good);
    buffers.RestoreUnless(good, old_buffers);
    metrics.read = 0;
    if (unread.count() >= config.read_every) metrics = ReadUpdates();
  }
  metrics.lr = lr;
  metrics.step = optimizer.step();
  if (metrics.skipped > 0 && skips >= config.max_skips) {
    throw WorldError(StrCat("training: loss ", metrics.loss, " and gradient norm ",
                            metrics.grad_norm, ", wanted finite numbers, ", skips,
                            " updates in a row"));
  }
  return metrics;
}

// What the device decided meanwhile.
StepMetrics Trainer::Impl::ReadUpdates() {
  const StepMetrics metrics = unread.Read();
  optimizer.Forget(metrics.skipped);
  skips = metrics.skipped == metrics.read ? skips + metrics.skipped : 0;
  return metrics;
}

void Trainer::Impl::UpdateAverage(const at::Tensor& good) {
  const auto t = static_cast<double>(optimizer.step() - 1);
  const double decay = std::min(config.ema_decay, (1.0 + t) / (10.0 + t));
  if (!good.defined()) {
    average.lerp_(optimizer.flat(), 1.0 - decay);
  } else {
    average.copy_(at::where(good, average.lerp(optimizer.flat(), 1.0 - decay), average));
  }
}

Trainer::Trainer(std::shared_ptr<nn::Module> module, LossFunction loss, const TrainerConfig& config,
                 TrainerParts parts)
    : impl_(std::make_unique<Impl>(std::move(module), std::move(loss), config, std::move(parts))) {}
Trainer::~Trainer() = default;

void Trainer::FollowRun(double share) { impl_->optimizer.FollowRun(share); }

std::int64_t Trainer::step() const { return impl_->optimizer.step(); }

StepMetrics Trainer::Step(const Batch& batch) { return impl_->Update({&batch, 1}); }

StepMetrics Trainer::Step() {
  TENGEN_CHECK(impl_->parts.source != nullptr, "a trainer without a source of batches");
  std::vector<Batch> batches;
  for (int i = 0; i < impl_->config.accumulate; ++i) {
    batches.push_back(impl_->parts.source->Next());
  }
  return impl_->Update(batches);
}

StepMetrics Trainer::Evaluate(const Batch& batch, Weights weights) {
  StepMetrics metrics;
  Using(weights, {}, [&] { metrics = MetricsOf(impl_->loss(batch)); });
  metrics.step = step();
  metrics.lr = impl_->optimizer.lr();
  return metrics;
}

void Trainer::Using(Weights weights, std::span<const Batch> batches,
                    const std::function<void()>& use) {
  Impl& self = *impl_;
  const at::NoGradGuard no_grad;
  self.module->eval();
  if (weights == Weights::kRaw || self.config.ema_decay <= 0.0) return use();
  const std::vector<at::Tensor> buffers = self.buffers.Copy();
  at::Tensor flat = self.optimizer.flat();
  const at::Tensor raw = flat.clone();
  flat.copy_(self.average);
  if (!batches.empty()) {
    const NormStatistics statistics(*self.module);
    for (const Batch& batch : batches) {
      if (statistics.needed()) self.loss(batch);
    }
  }
  use();
  flat.copy_(raw);
  self.buffers.Restore(buffers);
}

NamedTensors Trainer::AveragedWeights(std::span<const Batch> batches) {
  NamedTensors result;
  Using(Weights::kAveraged, batches, [&] {
    for (const auto& [name, tensor] : impl_->buffers.named()) result[name] = HostCopy(tensor);
    for (const auto& item : impl_->module->named_parameters()) {
      result[item.key()] = HostCopy(item.value()).contiguous();
    }
  });
  return result;
}

NamedTensors Trainer::State() const {
  Impl& self = *impl_;
  if (self.unread.count() > 0) self.ReadUpdates();
  NamedTensors state;
  const auto add = [&state](const std::string& prefix, const NamedTensors& tensors) {
    for (const auto& [name, tensor] : tensors) state[prefix + name] = tensor;
  };
  add("optimizer.", self.optimizer.State());
  for (const auto& [name, tensor] : self.buffers.named()) {
    state["buffer." + name] = HostCopy(tensor);
  }
  state["weights"] = self.optimizer.layout().ForFile(self.optimizer.flat());
  state["average"] = self.optimizer.layout().ForFile(self.average);
  if (self.parts.source) add("source.", self.parts.source->State());
  if (self.parts.random) state["random"] = self.parts.random->State();
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
    if (Status status = wants(name, self.average.numel()); !status) return status;
  }
  for (const auto& [name, tensor] : self.buffers.named()) {
    if (Status status = wants("buffer." + name, tensor.numel()); !status) return status;
  }
  if (self.parts.random && !state.contains("random")) {
    return Error{"trainer state has no random"};
  }
  if (self.parts.source) {
    if (Status status = self.parts.source->Load(Below(state, "source.")); !status) return status;
  }
  if (self.parts.random) {
    if (Status status = self.parts.random->Load(state.at("random")); !status) return status;
  }
  if (Status status = self.optimizer.Load(Below(state, "optimizer.")); !status) return status;

  const at::NoGradGuard no_grad;
  self.optimizer.layout().FromFile(state.at("weights"), self.optimizer.flat());
  self.optimizer.layout().FromFile(state.at("average"), self.average);
  for (auto [name, tensor] : self.buffers.named()) tensor.copy_(state.at("buffer." + name));
  self.unread = {};
  self.skips = 0;
  return Ok{};
}

}  // namespace tengen

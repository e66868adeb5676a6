#include "nets/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Fraction of lr that the schedule gives, warm-up aside.
double ScheduleFactor(const OptimizerConfig& config, std::int64_t step) {
  switch (config.schedule) {
    case Schedule::kConstant:
      return 1.0;
    case Schedule::kCosine: {
      const double t =
          std::min(1.0, static_cast<double>(step) / static_cast<double>(config.total_steps));
      const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * t));
      return config.final_fraction + (1.0 - config.final_fraction) * cosine;
    }
    case Schedule::kStep:
      return std::pow(config.decay_factor, static_cast<double>(step / config.decay_steps));
    case Schedule::kLinear: {
      const double t =
          std::min(1.0, static_cast<double>(step) / static_cast<double>(config.total_steps));
      return 1.0 + (config.final_fraction - 1.0) * t;
    }
  }
  TENGEN_CHECK(false, "schedule ", static_cast<int>(config.schedule));
}

// Makes the tensors views of one new vector that holds their values, in their order.
at::Tensor Flatten(const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> rows;
  for (const at::Tensor& tensor : tensors) rows.push_back(tensor.detach().reshape({-1}));
  at::Tensor flat = at::cat(rows);
  std::int64_t offset = 0;
  for (at::Tensor tensor : tensors) {
    tensor.set_data(flat.narrow(0, offset, tensor.numel()).view(tensor.sizes()));
    offset += tensor.numel();
  }
  return flat;
}

}  // namespace

Status CheckOptimizerConfig(const OptimizerConfig& config) {
  const auto error = [](const char* name, auto value, const char* wanted) {
    return Error{StrCat(name, " is ", value, ", wanted ", wanted)};
  };
  if (!(config.lr > 0.0 && config.lr <= kMaxLearningRate)) {
    return error("lr", config.lr, "more than 0 and at most 1e30");
  }
  if (!(config.beta1 >= 0.0 && config.beta1 < 1.0))
    return error("beta1", config.beta1, "0 <= beta1 < 1");
  if (!(config.beta2 >= 0.0 && config.beta2 < 1.0))
    return error("beta2", config.beta2, "0 <= beta2 < 1");
  if (!(config.eps > 0.0)) return error("eps", config.eps, "more than 0");
  if (!(config.weight_decay >= 0.0))
    return error("weight_decay", config.weight_decay, "at least 0");
  if (!(config.clip_norm >= 0.0)) return error("clip_norm", config.clip_norm, "at least 0");
  for (const auto& [name, factor] : {std::pair("final_fraction", config.final_fraction),
                                     std::pair("decay_factor", config.decay_factor)}) {
    if (!(factor >= 0.0 && factor <= 1.0)) return error(name, factor, "0 to 1");
  }
  if (config.warmup_steps < 0) return error("warmup_steps", config.warmup_steps, "at least 0");
  const bool has_end = config.schedule == Schedule::kCosine || config.schedule == Schedule::kLinear;
  if (has_end && config.total_steps < 1) {
    return error("total_steps", config.total_steps,
                 "at least 1 with the cosine and linear schedules");
  }
  if (config.schedule == Schedule::kStep && config.decay_steps < 1) {
    return error("decay_steps", config.decay_steps, "at least 1 with the step schedule");
  }
  return Ok{};
}

double LearningRate(const OptimizerConfig& config, std::int64_t step) {
  const double warmup = step < config.warmup_steps ? static_cast<double>(step + 1) /
                                                         static_cast<double>(config.warmup_steps)
                                                   : 1.0;
  return config.lr * warmup * ScheduleFactor(config, step);
}

Optimizer::Optimizer(std::vector<at::Tensor> parameters, const OptimizerConfig& config)
    : config_(config), parameters_(std::move(parameters)) {
  const Status status = CheckOptimizerConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  TENGEN_CHECK(!parameters_.empty(), "an optimizer without parameters");
  const at::NoGradGuard no_grad;
  flat_ = Flatten(parameters_);
  gradient_ = at::zeros_like(flat_);
  moment1_ = at::zeros_like(flat_);
  moment2_ = at::zeros_like(flat_);
  decay_ = at::zeros_like(flat_);
  std::int64_t offset = 0;
  for (at::Tensor& parameter : parameters_) {
    const std::int64_t size = parameter.numel();
    parameter.mutable_grad() = gradient_.narrow(0, offset, size).view(parameter.sizes());
    if (parameter.dim() >= 2) decay_.narrow(0, offset, size).fill_(1.0);
    offset += size;
  }
}

void Optimizer::ZeroGrad() { gradient_.zero_(); }

double Optimizer::GradNorm() const { return gradient_.norm().item<double>(); }

// Legend: g gradient, m and v moments, t = number of this update from 1.
void Optimizer::Step(double grad_norm) {
  TENGEN_CHECK(std::isfinite(grad_norm), "gradient norm ", grad_norm);
  const at::NoGradGuard no_grad;
  const double lr = LearningRate(config_, step_);
  const auto t = static_cast<double>(++step_);
  at::Tensor g = gradient_;
  if (config_.clip_norm > 0.0 && grad_norm > config_.clip_norm) {
    g = g * (config_.clip_norm / grad_norm);
  }
  if (config_.weight_decay > 0.0) {
    if (config_.kind == OptimizerKind::kAdam) {
      g = g.addcmul(flat_, decay_, config_.weight_decay);
    } else {
      flat_.addcmul_(flat_, decay_, -lr * config_.weight_decay);
    }
  }
  moment1_.mul_(config_.beta1).add_(g, 1.0 - config_.beta1);
  moment2_.mul_(config_.beta2).addcmul_(g, g, 1.0 - config_.beta2);
  const double correction1 = 1.0 - std::pow(config_.beta1, t);
  const double correction2 = 1.0 - std::pow(config_.beta2, t);
  const at::Tensor denominator = (moment2_.sqrt() / std::sqrt(correction2)).add_(config_.eps);
  flat_.addcdiv_(moment1_, denominator, -lr / correction1);
}

NamedTensors Optimizer::State() const {
  return {{"moment1", moment1_.to(at::kCPU, /*non_blocking=*/false, /*copy=*/true)},
          {"moment2", moment2_.to(at::kCPU, /*non_blocking=*/false, /*copy=*/true)},
          {"step", at::full({1}, step_, at::kLong)}};
}

Status Optimizer::Load(const NamedTensors& state) {
  for (const char* name : {"moment1", "moment2", "step"}) {
    const auto found = state.find(name);
    if (found == state.end()) return Error{StrCat("optimizer state has no ", name)};
    const std::int64_t wanted = std::string_view(name) == "step" ? 1 : flat_.numel();
    if (found->second.numel() != wanted) {
      return Error{StrCat("optimizer state ", name, " has ", found->second.numel(),
                          " numbers, wanted ", wanted)};
    }
  }
  const at::NoGradGuard no_grad;
  moment1_.copy_(state.at("moment1"));
  moment2_.copy_(state.at("moment2"));
  step_ = state.at("step").item<std::int64_t>();
  return Ok{};
}

}  // namespace tengen

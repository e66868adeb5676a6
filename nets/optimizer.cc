#include "nets/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Fraction of lr that the schedule gives, warm-up aside. `done`: share of its curve, if it has one.
double ScheduleFactor(const OptimizerConfig& config, std::int64_t step, double done) {
  switch (config.schedule) {
    case Schedule::kConstant:
      return 1.0;
    case Schedule::kCosine: {
      const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
      return config.final_fraction + (1.0 - config.final_fraction) * cosine;
    }
    case Schedule::kStep:
      return std::pow(config.decay_factor, static_cast<double>(step / config.decay_steps));
    case Schedule::kLinear:
      return 1.0 + (config.final_fraction - 1.0) * done;
  }
  TENGEN_CHECK(false, "schedule ", static_cast<int>(config.schedule));
}

std::vector<at::Tensor> TensorsOf(const std::vector<OptimizedTensor>& parameters) {
  std::vector<at::Tensor> tensors;
  for (const OptimizedTensor& parameter : parameters) tensors.push_back(parameter.tensor);
  return tensors;
}

std::vector<OptimizedTensor> WithoutRules(const std::vector<at::Tensor>& tensors) {
  std::vector<OptimizedTensor> parameters;
  for (const at::Tensor& tensor : tensors) parameters.push_back(ApplyRules("", tensor, {}));
  return parameters;
}

bool HasFirstMoment(OptimizerKind kind) {
  return kind == OptimizerKind::kMomentum || kind == OptimizerKind::kAdam ||
         kind == OptimizerKind::kAdamW;
}

bool HasSecondMoment(OptimizerKind kind) {
  return kind == OptimizerKind::kAdaGrad || kind == OptimizerKind::kRmsProp ||
         kind == OptimizerKind::kAdam || kind == OptimizerKind::kAdamW;
}

}  // namespace

const std::vector<NamedValue<OptimizerKind>>& OptimizerNames() {
  static const std::vector<NamedValue<OptimizerKind>> kNames = {
      {"gradient-descent", OptimizerKind::kGradientDescent},
      {"sgd", OptimizerKind::kSgd},
      {"momentum", OptimizerKind::kMomentum},
      {"adagrad", OptimizerKind::kAdaGrad},
      {"rmsprop", OptimizerKind::kRmsProp},
      {"adam", OptimizerKind::kAdam},
      {"adamw", OptimizerKind::kAdamW}};
  return kNames;
}

const std::vector<NamedValue<Schedule>>& ScheduleNames() {
  static const std::vector<NamedValue<Schedule>> kNames = {{"constant", Schedule::kConstant},
                                                           {"cosine", Schedule::kCosine},
                                                           {"step", Schedule::kStep},
                                                           {"linear", Schedule::kLinear}};
  return kNames;
}

Status CheckOptimizerConfig(const OptimizerConfig& config) {
  const auto error = [](const char* name, auto value, const char* wanted) {
    return Error{StrCat(name, " is ", value, ", wanted ", wanted)};
  };
  if (!(config.lr > 0.0 && config.lr <= kMaxLearningRate)) {
    return error("lr", config.lr, "more than 0 and at most 1e30");
  }
  for (const auto& [name, share] :
       {std::pair("momentum", config.momentum), std::pair("alpha", config.alpha)}) {
    if (!(share >= 0.0 && share < 1.0)) return error(name, share, "at least 0 and less than 1");
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
  if (config.total_steps < 0) return error("total_steps", config.total_steps, "at least 0");
  if (config.schedule == Schedule::kStep && config.decay_steps < 1) {
    return error("decay_steps", config.decay_steps, "at least 1 with the step schedule");
  }
  return Ok{};
}

bool FollowsRun(const OptimizerConfig& config) {
  return config.total_steps == 0 &&
         (config.schedule == Schedule::kCosine || config.schedule == Schedule::kLinear);
}

double LearningRate(const OptimizerConfig& config, std::int64_t step, double run_share) {
  const double done = config.total_steps > 0
                          ? static_cast<double>(step) / static_cast<double>(config.total_steps)
                          : run_share;
  const double warmup = step < config.warmup_steps ? static_cast<double>(step + 1) /
                                                         static_cast<double>(config.warmup_steps)
                                                   : 1.0;
  return config.lr * warmup * ScheduleFactor(config, step, std::clamp(done, 0.0, 1.0));
}

OptimizedTensor ApplyRules(const std::string& name, const at::Tensor& tensor,
                           const std::vector<ParameterRule>& rules) {
  for (const ParameterRule& rule : rules) {
    if (rule.matches(name)) return {tensor, rule.lr_scale, rule.decay_scale};
  }
  return {tensor, 1.0, tensor.dim() >= 2 ? 1.0 : 0.0};
}

Optimizer::Optimizer(const std::vector<at::Tensor>& parameters, const OptimizerConfig& config)
    : Optimizer(WithoutRules(parameters), config) {}

Optimizer::Optimizer(const std::vector<OptimizedTensor>& parameters, const OptimizerConfig& config)
    : config_(config), parameters_(TensorsOf(parameters)), flat_(parameters_) {
  const Status status = CheckOptimizerConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  TENGEN_CHECK(!parameters_.empty(), "an optimizer without parameters");
  const at::NoGradGuard no_grad;
  gradient_ = at::zeros_like(flat());
  if (HasFirstMoment(config.kind)) moment1_ = at::zeros_like(flat());
  if (HasSecondMoment(config.kind)) moment2_ = at::zeros_like(flat());
  decay_ = at::zeros_like(flat());
  const bool own_rates = std::any_of(parameters.begin(), parameters.end(),
                                     [](const auto& item) { return item.lr_scale != 1.0; });
  if (own_rates) rate_ = at::ones_like(flat());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters_[i].mutable_grad() = flat_.Part(gradient_, i);
    flat_.Part(decay_, i).fill_(parameters[i].decay_scale);
    if (own_rates) flat_.Part(rate_, i).fill_(parameters[i].lr_scale);
  }
}

void Optimizer::ZeroGrad() { gradient_.zero_(); }

double Optimizer::GradNorm() const { return GradNormTensor().item<double>(); }

at::Tensor Optimizer::GradNormTensor() const { return gradient_.norm(); }

void Optimizer::Step(double grad_norm) {
  TENGEN_CHECK(std::isfinite(grad_norm), "gradient norm ", grad_norm);
  const at::NoGradGuard no_grad;
  const bool too_long = config_.clip_norm > 0.0 && grad_norm > config_.clip_norm;
  Update(too_long ? gradient_ * (config_.clip_norm / grad_norm) : gradient_);
}

void Optimizer::StepWhere(const at::Tensor& good, const at::Tensor& grad_norm) {
  const at::NoGradGuard no_grad;
  std::vector<std::pair<at::Tensor, at::Tensor>> kept;  // what changes, as it was
  for (const at::Tensor& tensor : {flat(), moment1_, moment2_}) {
    if (tensor.defined()) kept.emplace_back(tensor, tensor.clone());
  }
  const bool clips = config_.clip_norm > 0.0;
  Update(clips ? gradient_ * (config_.clip_norm / grad_norm).clamp_max(1.0) : gradient_);
  for (auto& [tensor, before] : kept) tensor.copy_(at::where(good, tensor, before));
}

// w -= rate * direction, each weight with its own share of the rate.
void Optimizer::Move(const at::Tensor& direction, double rate) {
  at::Tensor w = flat();
  if (rate_.defined()) {
    w.addcmul_(direction, rate_, -rate);
  } else {
    w.sub_(direction, rate);
  }
}

// Legend: g gradient, w weights, m and v moments, t = number of this update from 1.
void Optimizer::Update(at::Tensor g) {
  const double lr = LearningRate(config_, step_, run_share_);
  const auto t = static_cast<double>(++step_);
  at::Tensor w = flat();
  at::Tensor& m = moment1_;
  at::Tensor& v = moment2_;
  if (config_.weight_decay > 0.0) {
    if (config_.kind != OptimizerKind::kAdamW) {
      g = g.addcmul(w, decay_, config_.weight_decay);
    } else {
      w.addcmul_(w, rate_.defined() ? decay_ * rate_ : decay_, -lr * config_.weight_decay);
    }
  }
  switch (config_.kind) {
    case OptimizerKind::kGradientDescent:
    case OptimizerKind::kSgd:
      return Move(g, lr);
    case OptimizerKind::kMomentum:
      m.mul_(config_.momentum).add_(g);
      return Move(config_.nesterov ? g.add(m, config_.momentum) : m, lr);
    case OptimizerKind::kAdaGrad:
      v.addcmul_(g, g);
      return Move(g / v.sqrt().add_(config_.eps), lr);
    case OptimizerKind::kRmsProp:
      v.mul_(config_.alpha).addcmul_(g, g, 1.0 - config_.alpha);
      return Move(g / v.sqrt().add_(config_.eps), lr);
    case OptimizerKind::kAdam:
    case OptimizerKind::kAdamW:
      break;
  }
  m.mul_(config_.beta1).add_(g, 1.0 - config_.beta1);
  v.mul_(config_.beta2).addcmul_(g, g, 1.0 - config_.beta2);
  const double correction1 = 1.0 - std::pow(config_.beta1, t);
  const double correction2 = 1.0 - std::pow(config_.beta2, t);
  const at::Tensor denominator = (v.sqrt() / std::sqrt(correction2)).add_(config_.eps);
  if (rate_.defined()) return Move(m / denominator, lr / correction1);
  w.addcdiv_(m, denominator, -lr / correction1);
}

NamedTensors Optimizer::State() const {
  NamedTensors state = {{"step", at::full({1}, step_, at::kLong)}};
  if (moment1_.defined()) state["moment1"] = flat_.ForFile(moment1_);
  if (moment2_.defined()) state["moment2"] = flat_.ForFile(moment2_);
  return state;
}

Status Optimizer::Load(const NamedTensors& state) {
  std::vector<std::pair<const char*, std::int64_t>> wanted = {{"step", 1}};
  if (moment1_.defined()) wanted.emplace_back("moment1", flat().numel());
  if (moment2_.defined()) wanted.emplace_back("moment2", flat().numel());
  for (const auto& [name, size] : wanted) {
    const auto found = state.find(name);
    if (found == state.end()) return Error{StrCat("optimizer state has no ", name)};
    if (found->second.numel() != size) {
      return Error{StrCat("optimizer state ", name, " has ", found->second.numel(),
                          " numbers, wanted ", size)};
    }
  }
  if (moment1_.defined()) flat_.FromFile(state.at("moment1"), moment1_);
  if (moment2_.defined()) flat_.FromFile(state.at("moment2"), moment2_);
  step_ = state.at("step").item<std::int64_t>();
  return Ok{};
}

}  // namespace tengen

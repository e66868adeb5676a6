#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/safetensors.h"

namespace tengen {

enum class OptimizerKind {
  kAdam,   // Kingma & Ba 2015; weight decay is added to the gradient
  kAdamW,  // Loshchilov & Hutter 2019; weight decay acts on the weights directly
};

enum class Schedule {
  kConstant,
  kCosine,  // from lr to final_fraction * lr at total_steps, then constant
  kStep,    // times decay_factor after every decay_steps
  kLinear,  // from lr to final_fraction * lr at total_steps, then constant
};

// The largest that is taken: steps of more than this leave float32.
inline constexpr double kMaxLearningRate = 1e30;

struct OptimizerConfig {
  OptimizerKind kind = OptimizerKind::kAdamW;
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay =
      1e-4;  // of weights with two or more dimensions only, not of biases and norms

  Schedule schedule = Schedule::kConstant;
  std::int64_t warmup_steps = 0;  // rises linearly to lr over this many steps
  std::int64_t total_steps = 0;   // kCosine, kLinear: where the curve ends, counted from step 0
  double final_fraction = 0.1;    // kCosine, kLinear
  std::int64_t decay_steps = 0;   // kStep
  double decay_factor = 0.1;      // kStep

  double clip_norm = 0.0;  // gradients longer than this are shortened to it; 0 = never
};

// First thing wrong with it.
Status CheckOptimizerConfig(const OptimizerConfig& config);

// Rate of the update with this number, counted from 0.
double LearningRate(const OptimizerConfig& config, std::int64_t step);

// Adam or AdamW over all parameters laid out as one flat vector, so that an update is a handful of
// tensor operations whatever the number of layers. Not thread-safe.
class Optimizer {
 public:
  // Moves the parameters (float32, on one device, leaves that want gradients) into one buffer of
  // its own; they stay valid tensors and must not be moved between devices afterwards.
  Optimizer(std::vector<at::Tensor> parameters, const OptimizerConfig& config);

  void ZeroGrad();
  // Euclidean norm of the whole gradient, before clipping.
  double GradNorm() const;
  // Clips by the norm given by GradNorm() and updates. REQUIRES: grad_norm is finite.
  void Step(double grad_norm);

  std::int64_t step() const { return step_; }  // updates made
  double lr() const { return LearningRate(config_, step_); }
  // All parameters as one vector; changing it changes them.
  const at::Tensor& flat() const { return flat_; }

  // Moments and step count, exact. Load errors: a tensor missing or of another size.
  NamedTensors State() const;
  Status Load(const NamedTensors& state);

 private:
  OptimizerConfig config_;
  std::vector<at::Tensor> parameters_;
  std::int64_t step_ = 0;
  at::Tensor flat_;      // [n] parameters
  at::Tensor gradient_;  // [n]
  at::Tensor moment1_;   // [n] m
  at::Tensor moment2_;   // [n] v
  at::Tensor decay_;     // [n] 1 where weight decay acts, else 0
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/flat_tensors.h"
#include "nets/named_value.h"
#include "nets/safetensors.h"

namespace tengen {

// How weights w follow their gradient g; lr is the learning rate. The names are PyTorch's, and so
// are the numbers. Weight decay L2 = weight_decay * w is added to g but for AdamW.
enum class OptimizerKind {
  kGradientDescent,  // w -= lr g, with g of the whole training set: batches are all of it
  kSgd,              // the same with g of a batch (Robbins & Monro 1951)
  kMomentum,         // m = momentum m + g; w -= lr m (Polyak 1964), or with nesterov
                     // w -= lr (g + momentum m) (Sutskever et al. 2013)
  kAdaGrad,          // v += g^2; w -= lr g / (sqrt v + eps) (Duchi et al. 2011)
  kRmsProp,          // v = alpha v + (1 - alpha) g^2; w -= lr g / (sqrt v + eps) (Hinton 2012)
  kAdam,             // Kingma & Ba 2015
  kAdamW,            // Adam; weight decay acts on the weights directly (Loshchilov & Hutter 2019)
};

// "gradient-descent", "sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw".
const std::vector<NamedValue<OptimizerKind>>& OptimizerNames();

enum class Schedule {
  kConstant,
  kCosine,  // from lr to final_fraction * lr at the curve's end, then constant
  kStep,    // times decay_factor after every decay_steps
  kLinear,  // from lr to final_fraction * lr at the curve's end, then constant
};

// "constant", "cosine", "step", "linear".
const std::vector<NamedValue<Schedule>>& ScheduleNames();

// The largest that is taken: steps of more than this leave float32.
inline constexpr double kMaxLearningRate = 1e30;

struct OptimizerConfig {
  OptimizerKind kind = OptimizerKind::kAdamW;
  double lr = 1e-3;
  double momentum = 0.9;  // kMomentum
  bool nesterov = false;  // kMomentum
  double alpha = 0.99;    // kRmsProp
  double beta1 = 0.9;     // kAdam, kAdamW
  double beta2 = 0.999;   // kAdam, kAdamW
  double eps = 1e-8;
  double weight_decay =
      1e-4;  // of weights with two or more dimensions only, not of biases and norms

  Schedule schedule = Schedule::kConstant;
  std::int64_t warmup_steps = 0;  // rises linearly to lr over this many steps
  // kCosine, kLinear: where the curve ends, counted from step 0; 0 = with the run, which tells
  // how much of it is done.
  std::int64_t total_steps = 0;
  double final_fraction = 0.1;   // kCosine, kLinear
  std::int64_t decay_steps = 0;  // kStep
  double decay_factor = 0.1;     // kStep

  double clip_norm = 0.0;  // gradients longer than this are shortened to it; 0 = never
};

// First thing wrong with it.
Status CheckOptimizerConfig(const OptimizerConfig& config);

// Whether its curve ends with the run.
bool FollowsRun(const OptimizerConfig& config);

// Rate of the update with this number, counted from 0. `run_share`: how much of the run is done, 0
// to 1, where the config follows the run; else without effect.
double LearningRate(const OptimizerConfig& config, std::int64_t step, double run_share = 0.0);

// How some of the parameters are treated otherwise than the rest.
struct ParameterRule {
  std::function<bool(std::string_view name)> matches;
  double lr_scale = 1.0;     // times the learning rate; 0 = they stay as they are
  double decay_scale = 1.0;  // times the weight decay, whatever their dimensions
};

// A tensor to be improved, and how.
struct OptimizedTensor {
  at::Tensor tensor;
  double lr_scale = 1.0;
  double decay_scale = 0.0;
};
// By the first rule that matches its name, else with decay where it has two or more dimensions.
OptimizedTensor ApplyRules(const std::string& name, const at::Tensor& tensor,
                           const std::vector<ParameterRule>& rules);

// One of the methods above over all parameters laid out as one flat vector, so that an update is a
// handful of tensor operations whatever the number of layers. Not thread-safe.
class Optimizer {
 public:
  // Moves the parameters (of one type, on one device, leaves that want gradients) into one buffer
  // of its own, see FlatTensors. Recurrent weight blocks of cuDNN stay whole: parameters lie in
  // the order that they are given in, the first at the beginning of the buffer.
  Optimizer(const std::vector<OptimizedTensor>& parameters, const OptimizerConfig& config);
  // With weight decay where a tensor has two or more dimensions.
  Optimizer(const std::vector<at::Tensor>& parameters, const OptimizerConfig& config);

  void ZeroGrad();
  // Euclidean norm of the whole gradient, before clipping; waits for the device.
  double GradNorm() const;
  // The same as a number on the device.
  at::Tensor GradNormTensor() const;
  // Clips by the norm given by GradNorm() and updates. REQUIRES: grad_norm is finite.
  void Step(double grad_norm);
  // The same with the norm on the device, where `good` (one truth value there) holds; elsewhere
  // nothing but step() changes, which Forget corrects once the host knows. Never waits for the
  // device.
  void StepWhere(const at::Tensor& good, const at::Tensor& grad_norm);
  // Takes back the count of updates that were none.
  void Forget(int updates) { step_ -= updates; }

  std::int64_t step() const { return step_; }  // updates made
  double lr() const { return LearningRate(config_, step_, run_share_); }
  // Tells how much of the run is done, 0 to 1 (0 until it is called), see LearningRate. Not part of
  // the state.
  void FollowRun(double share) { run_share_ = share; }
  // All parameters as one vector; changing it changes them.
  const at::Tensor& flat() const { return flat_.vector(); }
  const FlatTensors& layout() const { return flat_; }
  // Of flat(), summed since ZeroGrad.
  const at::Tensor& gradient() const { return gradient_; }

  // Moments and step count, exact. Load errors: a tensor missing or of another size.
  NamedTensors State() const;
  Status Load(const NamedTensors& state);

 private:
  void Update(at::Tensor g);
  void Move(const at::Tensor& direction, double rate);

  OptimizerConfig config_;
  std::vector<at::Tensor> parameters_;
  std::int64_t step_ = 0;
  double run_share_ = 0.0;
  FlatTensors flat_;
  at::Tensor gradient_;  // [n]
  at::Tensor moment1_;   // [n] m; undefined where the method has none
  at::Tensor moment2_;   // [n] v; undefined where the method has none
  at::Tensor decay_;     // [n] share of weight decay
  at::Tensor rate_;      // [n] share of lr; undefined where all have all of it
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/losses.h"
#include "nets/optimizer.h"

namespace torch::nn {
class Module;
}

namespace tengen {

struct TrainerConfig {
  OptimizerConfig optimizer;
  // Exponential moving average of the weights: ema = d ema + (1 - d) weights after each step, with
  // d = min(ema_decay, (1 + t) / (10 + t)) at update t = 0, 1, ... 0 = the weights themselves.
  double ema_decay = 0.999;
  // Updates in a row that may be skipped because loss or gradient is not finite.
  int max_skips = 10;
};

// Tensors of one batch, in an order that the loss function knows.
using Batch = std::vector<at::Tensor>;

// Runs the module forward on a batch and returns the loss. Holds what it needs of the module.
using LossFunction = std::function<Loss(const Batch&)>;

struct StepMetrics {
  std::int64_t step = 0;  // updates made, this one included
  double loss = 0.0;
  std::vector<std::pair<std::string, double>> parts;
  double grad_norm = 0.0;  // before clipping
  double lr = 0.0;
  bool skipped = false;  // loss or gradient not finite: nothing was changed
};

// Improves a module's weights batch by batch: loss, gradient, clipping, Adam, moving average. Knows
// nothing of what the batches mean or where they come from. Not thread-safe.
class Trainer {
 public:
  // Takes over the module's parameters and buffers (see Optimizer), which stay valid tensors.
  Trainer(std::shared_ptr<torch::nn::Module> module, LossFunction loss,
          const TrainerConfig& config);
  ~Trainer();

  // One update. Throws WorldError after config.max_skips updates in a row that were not finite.
  StepMetrics Step(const Batch& batch);
  // Loss of a batch in evaluation mode, without gradient; changes nothing.
  StepMetrics Evaluate(const Batch& batch);

  std::int64_t step() const;

  // Deep copy on the CPU of the averaged weights and all buffers, ready to be loaded by a module of
  // the same shape. BatchNorm statistics do not average: they are re-estimated here as the plain
  // mean over `batches` run through the averaged weights (as for SWA, Izmailov et al. 2018,
  // section 3.2). Without batches, or without averaging, the running statistics are kept.
  NamedTensors AveragedWeights(std::span<const Batch> batches);

  // Weights, buffers, average and optimiser, exact: a loaded trainer goes on with the same numbers.
  NamedTensors State() const;
  // Errors: a tensor missing or of another size; then nothing has changed.
  Status Load(const NamedTensors& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/data_source.h"
#include "nets/losses.h"
#include "nets/optimizer.h"
#include "nets/random_stream.h"
#include "nets/rank_team.h"
#include "nets/step_metrics.h"

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
  // Batches that a gradient is the mean of.
  int accumulate = 1;
  // The numbers of every so many updates are read together. With 1 the host decides on each update;
  // with more the device does, which the host never waits for meanwhile: updates that are skipped
  // count for learning rates and for Adam's bias until they are known. 0 = 1 on the CPU, else 10.
  int read_every = 0;
};

// Runs the module forward on a batch and returns the loss. Holds what it needs of the module.
using LossFunction = std::function<Loss(const Batch&)>;

// What a trainer may have besides.
struct TrainerParts {
  std::vector<ParameterRule> rules;      // the first that matches a parameter's name; none: as ever
  std::shared_ptr<DataSource> source;    // of Step()
  std::shared_ptr<RandomStream> random;  // what the module draws from
  // Ranks that make the same updates, each of its part of the rows. Loss, gradient and buffers are
  // means over them, in one all-reduce for each update: equal parts give the gradient of all rows.
  // BatchNorm normalises each part by its own rows ("ghost batches", Hoffer et al. 2017), and what
  // it gathers over updates is the mean over the ranks: mean of the means, mean of the variances.
  std::shared_ptr<RankTeam> team = nullptr;
};

// Which weights are meant.
enum class Weights { kRaw, kAveraged };

// Improves a module's weights batch by batch: loss, gradient, clipping, optimizer, moving average.
// Knows nothing of what the batches mean. Parameters that want no gradient stay as they are.
// Parameters, gradients, moments and buffers each lie in one vector (nets/flat_tensors.h) in the
// order that the module registered them in; on a GPU weights of convolutions are channels-last. A
// recurrent layer that the module registers first, all weights before all biases, stays one block,
// as cuDNN wants it. Not thread-safe.
class Trainer {
 public:
  // Takes over the module's parameters and buffers, which stay valid tensors.
  Trainer(std::shared_ptr<torch::nn::Module> module, LossFunction loss, const TrainerConfig& config,
          TrainerParts parts = {});
  ~Trainer();

  // One update. Throws WorldError after config.max_skips updates in a row that were not finite.
  StepMetrics Step(const Batch& batch);
  // One update of config.accumulate batches from the source. REQUIRES: parts.source.
  StepMetrics Step();
  // Loss of a batch in evaluation mode, without gradient; changes nothing.
  StepMetrics Evaluate(const Batch& batch, Weights weights = Weights::kRaw);

  // Optimizer::FollowRun.
  void FollowRun(double share);

  // Updates made, and those that were skipped on the device and not read yet.
  std::int64_t step() const;

  // Runs `use` with the module in evaluation mode and without gradients, holding the raw or the
  // averaged weights, and puts everything back. BatchNorm statistics do not average: they are
  // re-estimated as the plain mean over `batches` run through the averaged weights (as for SWA,
  // Izmailov et al. 2018, section 3.2). Without batches, or without averaging, the running
  // statistics are kept.
  void Using(Weights weights, std::span<const Batch> batches, const std::function<void()>& use);
  // Deep copy on the CPU of the averaged weights and all buffers, ready to be loaded by a module of
  // the same shape, see Using.
  NamedTensors AveragedWeights(std::span<const Batch> batches);

  // Weights, buffers, average, optimiser, and the places of source and random stream, exact: a
  // loaded trainer goes on with the same numbers.
  NamedTensors State() const;
  // Errors: a tensor missing or of another size; then nothing has changed.
  Status Load(const NamedTensors& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

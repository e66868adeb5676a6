#include "experiments/bench/trained_like.h"

#include <string>

#include "envs/core/rng.h"
#include "nets/tensor_data.h"

namespace tengen {
ModelSnapshot TrainedLike(const ModelConfig& config, std::uint64_t seed) {
  ModelSnapshot snapshot = Model(config, seed).Snapshot();
  Rng rng(seed, RngRole::kBench, 1);
  for (auto& [name, tensor] : snapshot.weights) {
    if (name.ends_with("num_batches_tracked")) continue;
    float* numbers = DataOf<float>(tensor);
    const bool around_one = name.ends_with("norm.weight") || name.ends_with("running_var");
    const bool around_zero = name.ends_with("norm.bias") || name.ends_with("running_mean");
    const bool last =
        name.starts_with("outputs") || name.starts_with("points") || name.starts_with("columns");
    const bool ends_branch = name.ends_with(".mix.weight") || name.ends_with(".down.weight");
    for (std::int64_t i = 0; i < tensor.numel(); ++i) {
      const auto uniform = static_cast<float>(rng.Uniform());
      if (around_one) numbers[i] = 0.5F + uniform;
      if (around_zero) numbers[i] = 0.6F * uniform - 0.3F;
      if (last) numbers[i] *= 10.0F;
      if (ends_branch) numbers[i] = 0.2F * uniform - 0.1F;  // of attention, which begin as zero
    }
  }
  return snapshot;
}

}  // namespace tengen

#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "envs/core/result.h"
#include "nets/folded_weights.h"
#include "nets/model.h"
#include "nets/residual_block.h"

namespace tengen {

// What a Model does between its input and its heads: one file (x_trunk.h) and one row of TrunkKinds
// for each Trunk. Maps are [N,C,H,W].

// While it learns.
struct LearningTrunk {
  // By their names in the network, whose weights are drawn in this order.
  std::vector<std::pair<std::string, std::shared_ptr<torch::nn::Module>>> modules;
  // Computes in the type of its input.
  std::function<at::Tensor(const at::Tensor& map)> forward;
  // Ends of the names of the parameters that are zero at first, so that each branch beside an
  // identity begins as nothing (Goyal et al. 2017, section 5.1).
  std::vector<std::string> zero_at_first;
};

// Blocks one behind the other, named block0, block1, ...
LearningTrunk InARow(std::vector<LearningBlock> blocks);

// Made ready for inference, BatchNorm folded. Thread-safe but for CopyFrom. Called without
// gradients; maps are channels-last.
class FoldedTrunk {
 public:
  virtual ~FoldedTrunk() = default;
  virtual at::Tensor Forward(const at::Tensor& map) const = 0;
  // The weights of a trunk of the same config, into the same memory. REQUIRES: the operators' path.
  virtual void CopyFrom(const FoldedTrunk& other) = 0;
};

// The same of blocks that are called and copied as FoldedResidualBlock is.
template <typename Block>
class FoldedRow final : public FoldedTrunk {
 public:
  // Block(weights, "block0"), ...
  FoldedRow(const ModelConfig& config, const FoldedWeights& weights) {
    for (int i = 0; i < config.blocks; ++i) blocks_.emplace_back(weights, StrCat("block", i));
  }

  at::Tensor Forward(const at::Tensor& map) const override {
    at::Tensor x = map;
    for (const Block& block : blocks_) x = block(x);
    return x;
  }

  void CopyFrom(const FoldedTrunk& other) override {
    const auto& from = dynamic_cast<const FoldedRow&>(other);
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].CopyFrom(from.blocks_[i]);
  }

 private:
  std::vector<Block> blocks_;
};

struct TrunkKind {
  Trunk trunk;
  const char* name;         // in configs and model.json
  double weights_of_block;  // about, per square of the channels
  // First thing wrong with the config's shape, beside what CheckModelConfig looks at for all.
  Status (*check)(const ModelConfig& config);
  LearningTrunk (*learn)(const ModelConfig& config);
  std::unique_ptr<FoldedTrunk> (*fold)(const ModelConfig& config, const FoldedWeights& weights);
};

std::span<const TrunkKind> TrunkKinds();
const TrunkKind& KindOf(Trunk trunk);

}  // namespace tengen

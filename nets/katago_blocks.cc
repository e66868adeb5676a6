#include "nets/katago_blocks.h"

#include <optional>
#include <utility>

#include "nets/katago_transformer.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Ordinary, pooling and nested blocks.
class ConvBranch final : public BlockStack::Branch {
 public:
  ConvBranch(const KataGoBlock& block, const LayerTarget& target)
      : pre_norm_(block.pre_norm, target),
        first_(FirstConv(block, target)),
        last_(block.last, target) {
    if (block.kind == KataGoBlock::Kind::kPooling) {
      pool_.emplace(Pool{ConvLayer(block.pool_conv, block.pool_norm, target),
                         MatrixLayer(block.pool_matrix, block.mid_norm, target)});
    }
    if (block.kind == KataGoBlock::Kind::kNestedBottleneck) {
      inner_.emplace(block.inner, target);
      mid_norm_.emplace(block.mid_norm, target);
    }
  }

  at::Tensor operator()(const at::Tensor& map) const override {
    const at::Tensor in = pre_norm_(map);
    at::Tensor h = pool_ ? first_(in, pool_->matrix(PoolForBias(pool_->conv(in)))) : first_(in);
    if (inner_) h = (*mid_norm_)((*inner_)(std::move(h)));
    return last_(h);
  }

 private:
  struct Pool {
    ConvLayer conv;
    MatrixLayer matrix;
  };

  // The middle norm of a nested block stands behind the inner blocks, not behind the convolution.
  static ConvLayer FirstConv(const KataGoBlock& block, const LayerTarget& target) {
    return block.kind == KataGoBlock::Kind::kNestedBottleneck
               ? ConvLayer(block.first, target)
               : ConvLayer(block.first, block.mid_norm, target);
  }

  NormLayer pre_norm_;
  ConvLayer first_;
  std::optional<Pool> pool_;
  std::optional<BlockStack> inner_;
  std::optional<NormLayer> mid_norm_;
  ConvLayer last_;
};

template <typename Layer>
class LayerBranch final : public BlockStack::Branch {
 public:
  explicit LayerBranch(Layer layer) : layer_(std::move(layer)) {}
  at::Tensor operator()(const at::Tensor& map) const override { return layer_(map); }

 private:
  Layer layer_;
};

std::unique_ptr<const BlockStack::Branch> MakeBranch(const KataGoBlock& block,
                                                     const LayerTarget& target) {
  switch (block.kind) {
    case KataGoBlock::Kind::kOrdinary:
    case KataGoBlock::Kind::kPooling:
    case KataGoBlock::Kind::kNestedBottleneck:
      return std::make_unique<ConvBranch>(block, target);
    case KataGoBlock::Kind::kAttention:
      return std::make_unique<LayerBranch<AttentionLayer>>(AttentionLayer(block.attention, target));
    case KataGoBlock::Kind::kFeedForward:
      return std::make_unique<LayerBranch<FeedForwardLayer>>(
          FeedForwardLayer(block.feed_forward, target));
  }
  TENGEN_CHECK(false, "unknown block");
}

}  // namespace

BlockStack::BlockStack(const std::vector<KataGoBlock>& blocks, const LayerTarget& target) {
  for (const KataGoBlock& block : blocks) branches_.push_back(MakeBranch(block, target));
}
BlockStack::~BlockStack() = default;
BlockStack::BlockStack(BlockStack&&) noexcept = default;
BlockStack& BlockStack::operator=(BlockStack&&) noexcept = default;

at::Tensor BlockStack::operator()(at::Tensor map) const {
  for (const auto& branch : branches_) map = (*branch)(map).add_(map);
  return map;
}

}  // namespace tengen

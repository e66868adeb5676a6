#include "nets/katago_model.h"

#include <optional>
#include <utility>
#include <vector>

#include "nets/katago_layers.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

class BlockLayer {
 public:
  BlockLayer(const KataGoBlock& block, const LayerTarget& target)
      : pre_norm_(block.pre_norm, target),
        first_(FirstConv(block, target)),
        last_(block.last, target) {
    if (block.kind == KataGoBlock::Kind::kPooling) {
      pool_.emplace(Pool{ConvLayer(block.pool_conv, block.pool_norm, target),
                         MatrixLayer(block.pool_matrix, block.mid_norm, target)});
    }
    if (block.kind == KataGoBlock::Kind::kNestedBottleneck) {
      for (const KataGoBlock& inner : block.inner) inner_.emplace_back(inner, target);
      mid_norm_.emplace(block.mid_norm, target);
    }
  }

  at::Tensor operator()(at::Tensor x) const {
    const at::Tensor in = pre_norm_(x);
    at::Tensor h;
    if (pool_) {
      h = first_(in, pool_->matrix(PoolForBias(pool_->conv(in))));
    } else {
      h = first_(in);
    }
    for (const BlockLayer& inner : inner_) h = inner(std::move(h));
    if (mid_norm_) h = (*mid_norm_)(h);
    return last_(h).add_(x);
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
  std::vector<BlockLayer> inner_;
  std::optional<NormLayer> mid_norm_;
  ConvLayer last_;
};

class PolicyHeadLayer {
 public:
  // Of two policies the first is the one to play by.
  PolicyHeadLayer(const KataGoPolicyHead& head, const LayerTarget& target)
      : point_conv_(head.point_conv, head.point_norm, target),
        pool_conv_(head.pool_conv, head.pool_norm, target),
        pool_matrix_(head.pool_matrix, head.point_norm, target),
        point_out_(head.point_out, target, 1),
        pass_out_(head.pass_out, target, 1) {}

  // [N,P+1]
  at::Tensor operator()(const at::Tensor& trunk) const {
    const at::Tensor pooled = PoolForBias(pool_conv_(trunk));
    const at::Tensor points = point_out_(point_conv_(trunk, pool_matrix_(pooled)));
    return at::cat({points.flatten(1), pass_out_(pooled)}, 1);
  }

 private:
  ConvLayer point_conv_;
  ConvLayer pool_conv_;
  MatrixLayer pool_matrix_;
  ConvLayer point_out_;
  MatrixLayer pass_out_;
};

class ValueHeadLayer {
 public:
  ValueHeadLayer(const KataGoValueHead& head, const LayerTarget& target)
      : conv_(head.conv, head.norm, target),
        hidden_(head.hidden, head.hidden_bias, target),
        hidden_activation_(head.hidden_activation),
        outcome_(head.outcome, head.outcome_bias, target),
        score_(head.score, head.score_bias, target),
        ownership_(head.ownership, target) {}

  void Forward(const at::Tensor& trunk, KataGoOutput& output) const {
    const at::Tensor map = conv_(trunk);
    const at::Tensor hidden = Activate(hidden_(PoolForValue(map)), hidden_activation_);
    output.outcome = outcome_(hidden);
    output.scores = score_(hidden);
    output.ownership = ownership_(map).flatten(1).contiguous();
  }

 private:
  ConvLayer conv_;
  MatrixLayer hidden_;
  KataGoActivation hidden_activation_;
  MatrixLayer outcome_;
  MatrixLayer score_;
  ConvLayer ownership_;
};

}  // namespace

class KataGoModel::Impl {
 public:
  Impl(const KataGoNetwork& network, const LayerTarget& target)
      : type_(target.type),
        input_conv_(network.input_conv, target),
        input_globals_(network.input_globals, target),
        trunk_norm_(network.trunk_norm, target),
        policy_(network.policy, target),
        value_(network.value, target) {
    for (const KataGoBlock& block : network.blocks) blocks_.emplace_back(block, target);
  }

  KataGoOutput Forward(const at::Tensor& planes, const at::Tensor& globals) const {
    at::Tensor x = input_conv_(planes.to(type_).contiguous(at::MemoryFormat::ChannelsLast),
                               input_globals_(globals.to(type_)));
    for (const BlockLayer& block : blocks_) x = block(std::move(x));
    x = trunk_norm_(x);
    KataGoOutput output;
    output.policy = policy_(x);
    value_.Forward(x, output);
    return output;
  }

 private:
  at::ScalarType type_;
  ConvLayer input_conv_;
  MatrixLayer input_globals_;
  std::vector<BlockLayer> blocks_;
  NormLayer trunk_norm_;
  PolicyHeadLayer policy_;
  ValueHeadLayer value_;
};

KataGoModel::KataGoModel(const KataGoNetwork& network, Device device, Arithmetic arithmetic)
    : KataGoModel(network, device, arithmetic, PathFor(device)) {}
KataGoModel::KataGoModel(const KataGoNetwork& network, Device device, Arithmetic arithmetic,
                         ComputePath path) {
  const at::InferenceMode inference;
  impl_ = std::make_unique<const Impl>(
      network, LayerTarget{TorchDevice(device),
                           arithmetic == Arithmetic::kFloat64 ? at::kDouble : at::kFloat, path});
}
KataGoModel::~KataGoModel() = default;
KataGoModel::KataGoModel(KataGoModel&&) noexcept = default;
KataGoModel& KataGoModel::operator=(KataGoModel&&) noexcept = default;

KataGoOutput KataGoModel::Forward(const at::Tensor& planes, const at::Tensor& globals) const {
  return impl_->Forward(planes, globals);
}

}  // namespace tengen

#include "nets/katago_model.h"

#include <optional>
#include <utility>
#include <vector>

#include "nets/katago_blocks.h"
#include "nets/katago_layers.h"
#include "nets/katago_transformer.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

// A last layer that gives the mixture of its first two outputs, if there are two; further ones are
// not policies. Logits are linear in its weights, so these are mixed. Layer: KataGoConv,
// KataGoMatrix.
template <typename Layer>
Layer Mixed(Layer layer, double optimism) {
  const auto outputs = static_cast<std::size_t>(layer.out);
  const auto share = static_cast<float>(outputs > 1 ? optimism : 0.0);
  std::vector<float> weights;
  for (std::size_t i = 0; i < layer.weights.size(); i += outputs) {
    const float policy = layer.weights[i];
    weights.push_back(share == 0.0F ? policy : policy + share * (layer.weights[i + 1] - policy));
  }
  layer.weights = std::move(weights);
  layer.out = 1;
  return layer;
}

class PolicyHeadLayer {
 public:
  PolicyHeadLayer(const KataGoPolicyHead& head, double optimism, const LayerTarget& target)
      : point_conv_(head.point_conv, head.point_norm, target),
        pool_conv_(head.pool_conv, head.pool_norm, target),
        pool_matrix_(head.pool_matrix, head.point_norm, target),
        point_out_(Mixed(head.point_out, optimism), target),
        pass_activation_(head.pass_activation),
        pass_out_(Mixed(head.pass_out, optimism), target) {
    if (head.has_pass_hidden()) {
      pass_hidden_.emplace(head.pass_hidden, head.pass_hidden_bias, target);
    }
  }

  // [N,P+1]
  at::Tensor operator()(const at::Tensor& trunk) const {
    const at::Tensor pooled = PoolForBias(pool_conv_(trunk));
    const at::Tensor points = point_out_(point_conv_(trunk, pool_matrix_(pooled)));
    const at::Tensor pass =
        pass_hidden_ ? Activate((*pass_hidden_)(pooled), pass_activation_) : pooled;
    return at::cat({points.flatten(1), pass_out_(pass)}, 1);
  }

 private:
  ConvLayer point_conv_;
  ConvLayer pool_conv_;
  MatrixLayer pool_matrix_;
  ConvLayer point_out_;
  std::optional<MatrixLayer> pass_hidden_;
  KataGoActivation pass_activation_;
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

// Metadata [N,192] -> bias of the trunk's input [N,C].
class MetadataLayer {
 public:
  MetadataLayer(const KataGoMetadataEncoder& encoder, const LayerTarget& target)
      : first_(encoder.first, encoder.first_bias, target),
        first_activation_(encoder.first_activation),
        second_(encoder.second, encoder.second_bias, target),
        second_activation_(encoder.second_activation),
        last_(encoder.last, target) {}

  at::Tensor operator()(const at::Tensor& metadata) const {
    const at::Tensor hidden = Activate(first_(metadata), first_activation_);
    return last_(Activate(second_(hidden), second_activation_));
  }

 private:
  MatrixLayer first_;
  KataGoActivation first_activation_;
  MatrixLayer second_;
  KataGoActivation second_activation_;
  MatrixLayer last_;
};

}  // namespace

class KataGoModel::Impl {
 public:
  Impl(const KataGoNetwork& network, double optimism, const LayerTarget& target)
      : type_(target.type),
        input_conv_(network.input_conv, target),
        input_globals_(network.input_globals, target),
        blocks_(network.blocks, target),
        policy_(network.policy, optimism, target),
        value_(network.value, target) {
    if (network.metadata) metadata_.emplace(*network.metadata, target);
    if (network.trunk_rms_norm) {
      trunk_rms_norm_.emplace(*network.trunk_rms_norm, target);
    } else {
      trunk_norm_.emplace(network.trunk_norm, target);
    }
  }

  KataGoOutput Forward(const at::Tensor& planes, const at::Tensor& globals,
                       const at::Tensor& metadata) const {
    at::Tensor bias = input_globals_(globals.to(type_));
    if (metadata_) {
      bias = bias + (*metadata_)(metadata.defined()
                                     ? metadata.to(type_)
                                     : at::zeros({globals.size(0), KataGoMetadataEncoder::kInputs},
                                                 bias.options()));
    }
    at::Tensor x =
        blocks_(input_conv_(planes.to(type_).contiguous(at::MemoryFormat::ChannelsLast), bias));
    x = trunk_norm_ ? (*trunk_norm_)(x) : (*trunk_rms_norm_)(x);
    KataGoOutput output;
    output.policy = policy_(x);
    value_.Forward(x, output);
    return output;
  }

 private:
  at::ScalarType type_;
  ConvLayer input_conv_;
  MatrixLayer input_globals_;
  std::optional<MetadataLayer> metadata_;
  BlockStack blocks_;
  std::optional<NormLayer> trunk_norm_;
  std::optional<RmsNormLayer> trunk_rms_norm_;
  PolicyHeadLayer policy_;
  ValueHeadLayer value_;
};

KataGoModel::KataGoModel(const KataGoNetwork& network, Device device, Arithmetic arithmetic,
                         double optimism)
    : KataGoModel(network, device, arithmetic, PathFor(device), optimism) {}
KataGoModel::KataGoModel(const KataGoNetwork& network, Device device, Arithmetic arithmetic,
                         ComputePath path, double optimism) {
  const at::InferenceMode inference;
  impl_ = std::make_unique<const Impl>(
      network, optimism,
      LayerTarget{TorchDevice(device),
                  arithmetic == Arithmetic::kFloat64 ? at::kDouble : at::kFloat, path});
}
KataGoModel::~KataGoModel() = default;
KataGoModel::KataGoModel(KataGoModel&&) noexcept = default;
KataGoModel& KataGoModel::operator=(KataGoModel&&) noexcept = default;

KataGoOutput KataGoModel::Forward(const at::Tensor& planes, const at::Tensor& globals,
                                  const at::Tensor& metadata) const {
  return impl_->Forward(planes, globals, metadata);
}

}  // namespace tengen

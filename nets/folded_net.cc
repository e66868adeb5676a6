#include "nets/folded_net.h"

#include <string>
#include <utility>

#include "nets/point_ops.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

constexpr double kNormEps = 1e-5;  // LibTorch's BatchNorm2d

// The weights by name, moved to the device.
class Weights {
 public:
  Weights(const NamedTensors& tensors, const at::Device& device, at::ScalarType type)
      : tensors_(tensors), device_(device), type_(type) {}

  at::Tensor Get(const std::string& name) const {
    const auto found = tensors_.find(name);
    TENGEN_CHECK(found != tensors_.end(), "snapshot has no tensor ", name);
    return found->second.to(device_);
  }

  PackedConv Conv(const std::string& name, Activation activation) const {
    const at::Tensor scale =
        Get(name + ".norm.weight") / (Get(name + ".norm.running_var") + kNormEps).sqrt();
    const at::Tensor weight = Get(name + ".conv.weight") * scale.view({-1, 1, 1, 1});
    const at::Tensor bias = Get(name + ".norm.bias") - Get(name + ".norm.running_mean") * scale;
    return PackedConv(weight.to(type_), bias.to(type_), activation);
  }

 private:
  const NamedTensors& tensors_;
  at::Device device_;
  at::ScalarType type_;
};

}  // namespace

FoldedNet::FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type)
    : type_(type),
      pooled_channels_(PooledChannels(snapshot.config.channels)),
      layout_(snapshot.config) {
  const at::InferenceMode inference;
  const ModelConfig& config = snapshot.config;
  const Weights weights(snapshot.weights, device, type);
  input_.push_back(weights.Conv("input", Activation::kNone));
  input_globals_ = weights.Get("input_globals.weight");
  for (int i = 0; i < config.blocks; ++i) {
    const std::string name = StrCat("block", i);
    const bool pools = HasPooling(config, i);
    blocks_.push_back({weights.Conv(name + ".first", pools ? Activation::kNone : Activation::kRelu),
                       weights.Conv(name + ".second", Activation::kNone),
                       pools ? weights.Get(name + ".pool.weight") : at::Tensor()});
  }
  head_.push_back(weights.Conv("head", Activation::kRelu));
  hidden_weight_ = weights.Get("hidden.weight");
  hidden_bias_ = weights.Get("hidden.bias");
  output_weight_ = weights.Get("outputs.weight");
  output_bias_ = weights.Get("outputs.bias");
  if (layout_.UsesMap()) map_bias_ = weights.Get("map_bias.weight");
  if (layout_.point_outputs > 0) {
    point_weight_ = weights.Get("points.weight").flatten(1).contiguous();
    point_bias_ = weights.Get("points.bias");
  }
  if (layout_.columns) column_weight_ = weights.Get("columns.weight");
}

HeadTensors FoldedNet::Forward(const at::Tensor& planes, const at::Tensor& globals) const {
  at::Tensor x = input_.front()(planes.to(type_));
  AddBiasRelu(x, at::linear(globals, input_globals_));
  for (const Block& block : blocks_) {
    at::Tensor h = block.first(x);
    if (block.pool.defined()) {
      AddBiasRelu(h, at::linear(PoolMeanMax(h, pooled_channels_), block.pool));
    }
    h = block.second(h);
    AddRelu(h, x);
    x = std::move(h);
  }

  at::Tensor map = head_.front()(x);
  const std::int64_t width = map.size(1);
  const at::Tensor mean_max = PoolMeanMax(map, width);
  const at::Tensor mean = mean_max.narrow(1, 0, width);
  const at::Tensor pooled = at::cat(
      {mean, mean * SizeFeature(map.size(2) * map.size(3)), mean_max.narrow(1, width, width)}, 1);
  const at::Tensor vector = at::linear(pooled, hidden_weight_, hidden_bias_).relu_();
  HeadTensors heads;
  heads.outputs = at::linear(vector, output_weight_, output_bias_);
  if (!layout_.UsesMap()) return heads;
  const at::Tensor bias = at::linear(vector, map_bias_);
  if (layout_.point_outputs > 0) {
    heads.points = PointOutputs(map, bias, point_weight_, point_bias_);
  }
  if (layout_.columns) {
    AddBiasRelu(map, bias);
    heads.columns = at::conv2d(map.to(at::kFloat), column_weight_).flatten(1).contiguous();
  }
  return heads;
}

}  // namespace tengen

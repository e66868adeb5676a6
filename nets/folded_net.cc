#include "nets/folded_net.h"

#include <string>
#include <utility>

#include "nets/point_ops.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

constexpr double kNormEps = 1e-5;  // LibTorch's BatchNorm2d

const at::Tensor& Find(const NamedTensors& tensors, const std::string& name) {
  const auto found = tensors.find(name);
  TENGEN_CHECK(found != tensors.end(), "snapshot has no tensor ", name);
  return found->second;
}

// The weights by name, moved to the device.
class Weights {
 public:
  Weights(const NamedTensors& tensors, const at::Device& device, at::ScalarType type,
          ComputePath path)
      : tensors_(tensors), device_(device), type_(type), path_(path) {}

  at::Tensor Get(const std::string& name) const {
    // A copy: Load writes into it, and snapshots never change.
    const at::Tensor& found = Find(tensors_, name);
    return found.to(device_, found.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
  }

  PackedConv Conv(const std::string& name, Activation activation) const {
    const FoldedConv folded = FoldNorm(tensors_, name);
    return PackedConv(folded.weight.to(device_, type_), folded.bias.to(device_, type_), activation,
                      path_);
  }

 private:
  const NamedTensors& tensors_;
  at::Device device_;
  at::ScalarType type_;
  ComputePath path_;
};

}  // namespace

FoldedConv FoldNorm(const NamedTensors& tensors, const std::string& name) {
  const auto norm = [&](const char* part) { return Find(tensors, StrCat(name, ".norm.", part)); };
  const at::Tensor scale = norm("weight") / (norm("running_var") + kNormEps).sqrt();
  return {Find(tensors, name + ".conv.weight") * scale.view({-1, 1, 1, 1}),
          norm("bias") - norm("running_mean") * scale};
}

FoldedNet::FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type)
    : FoldedNet(snapshot, device, type,
                device.is_cpu() ? ComputePath::kCpu : ComputePath::kOperators) {}

FoldedNet::FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type,
                     ComputePath path)
    : device_(device),
      type_(type),
      path_(path),
      pooled_channels_(PooledChannels(snapshot.config.channels)),
      layout_(snapshot.config) {
  const at::InferenceMode inference;
  const ModelConfig& config = snapshot.config;
  const Weights weights(snapshot.weights, device, type, path);
  input_.push_back(weights.Conv("input", Activation::kNone));
  input_globals_ = weights.Get("input_globals.weight");
  const bool attends = config.trunk == Trunk::kAttention;
  if (attends) attention_.emplace(snapshot, device, type, path);
  for (int i = 0; !attends && i < config.blocks; ++i) {
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

void FoldedNet::Load(const ModelSnapshot& snapshot) {
  const at::InferenceMode inference;
  const FoldedNet other(snapshot, device_, type_, path_);
  TENGEN_CHECK(other.blocks_.size() == blocks_.size(), "a network of ", other.blocks_.size(),
               " blocks, wanted ", blocks_.size());
  const auto copy = [](at::Tensor& to, const at::Tensor& from) {
    if (to.defined()) to.copy_(from);
  };
  input_.front().CopyFrom(other.input_.front());
  copy(input_globals_, other.input_globals_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blocks_[i].first.CopyFrom(other.blocks_[i].first);
    blocks_[i].second.CopyFrom(other.blocks_[i].second);
    copy(blocks_[i].pool, other.blocks_[i].pool);
  }
  if (attention_) attention_->CopyFrom(*other.attention_);
  head_.front().CopyFrom(other.head_.front());
  copy(hidden_weight_, other.hidden_weight_);
  copy(hidden_bias_, other.hidden_bias_);
  copy(output_weight_, other.output_weight_);
  copy(output_bias_, other.output_bias_);
  copy(map_bias_, other.map_bias_);
  copy(point_weight_, other.point_weight_);
  copy(point_bias_, other.point_bias_);
  copy(column_weight_, other.column_weight_);
}

HeadTensors FoldedNet::Forward(const at::Tensor& planes, const at::Tensor& globals) const {
  at::Tensor x = input_.front()(planes.to(type_));
  AddBiasRelu(x, at::linear(globals, input_globals_), path_);
  if (attention_) x = (*attention_)(x);
  for (const Block& block : blocks_) {
    at::Tensor h = block.first(x);
    if (block.pool.defined()) {
      AddBiasRelu(h, at::linear(PoolMeanMax(h, pooled_channels_, path_), block.pool), path_);
    }
    x = block.second.AddRelu(h, x);
  }

  at::Tensor map = head_.front()(x);
  const std::int64_t width = map.size(1);
  const at::Tensor mean_max = PoolMeanMax(map, width, path_);
  const at::Tensor mean = mean_max.narrow(1, 0, width);
  const at::Tensor pooled = at::cat(
      {mean, mean * SizeFeature(map.size(2) * map.size(3)), mean_max.narrow(1, width, width)}, 1);
  const at::Tensor vector = at::linear(pooled, hidden_weight_, hidden_bias_).relu_();
  HeadTensors heads;
  heads.outputs = at::linear(vector, output_weight_, output_bias_);
  if (!layout_.UsesMap()) return heads;
  const at::Tensor bias = at::linear(vector, map_bias_);
  if (layout_.point_outputs > 0) {
    heads.points = PointOutputs(map, bias, point_weight_, point_bias_, path_);
  }
  if (layout_.columns) {
    AddBiasRelu(map, bias, path_);
    heads.columns = at::conv2d(map.to(at::kFloat), column_weight_).flatten(1).contiguous();
  }
  return heads;
}

}  // namespace tengen

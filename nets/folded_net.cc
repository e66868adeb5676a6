#include "nets/folded_net.h"

#include "nets/folded_weights.h"
#include "nets/point_ops.h"
#include "nets/torch_compat.h"

namespace tengen {

FoldedNet::FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type)
    : FoldedNet(snapshot, device, type,
                device.is_cpu() ? ComputePath::kCpu : ComputePath::kOperators) {}

FoldedNet::FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type,
                     ComputePath path)
    : config_(snapshot.config), device_(device), type_(type), path_(path), layout_(config_) {
  const at::InferenceMode inference;
  const FoldedWeights weights(snapshot.weights, device, type, path);
  input_ = weights.Conv("input", Activation::kNone);
  input_globals_ = weights.Get("input_globals.weight");
  trunk_ = KindOf(config_.trunk).fold(config_, weights);
  head_ = weights.Conv("head", Activation::kRelu);
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
  TENGEN_CHECK(snapshot.config == config_, "weights of another network");
  const at::InferenceMode inference;
  const FoldedNet other(snapshot, device_, type_, path_);
  const auto copy = [](at::Tensor& to, const at::Tensor& from) {
    if (to.defined()) to.copy_(from);
  };
  input_->CopyFrom(*other.input_);
  copy(input_globals_, other.input_globals_);
  trunk_->CopyFrom(*other.trunk_);
  head_->CopyFrom(*other.head_);
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
  at::Tensor x = (*input_)(planes.to(type_));
  AddBiasRelu(x, at::linear(globals, input_globals_), path_);

  at::Tensor map = (*head_)(trunk_->Forward(x));
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

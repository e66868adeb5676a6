#include "nets/model.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <torch/nn.h>

#include "envs/core/rng.h"
#include "nets/auxiliary_heads.h"
#include "nets/head_layout.h"
#include "nets/residual_block.h"
#include "nets/tensor_data.h"
#include "nets/torch_compat.h"
#include "nets/trunk.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

class NetworkImpl : public nn::Module {
 public:
  explicit NetworkImpl(const ModelConfig& config)
      : config_(config),
        layout_(config),
        input_(Registered("input", MakeConvNorm(config.planes, config.channels, 3))),
        input_globals_(register_module(
            "input_globals",
            nn::Linear(nn::LinearOptions(config.globals, config.channels).bias(false)))),
        head_(Registered("head", MakeConvNorm(config.channels, config.head_channels, 1))),
        hidden_(
            register_module("hidden", nn::Linear(3 * config.head_channels, config.head_hidden))),
        outputs_(register_module("outputs", nn::Linear(config.head_hidden, layout_.outputs))) {
    trunk_ = KindOf(config.trunk).learn(config);
    for (const auto& [name, module] : trunk_.modules) register_module(name, module);
    if (layout_.UsesMap()) {
      map_bias_ = register_module(
          "map_bias",
          nn::Linear(nn::LinearOptions(config.head_hidden, config.head_channels).bias(false)));
    }
    if (layout_.point_outputs > 0) {
      points_ = register_module(
          "points", nn::Conv2d(nn::Conv2dOptions(config.head_channels, layout_.point_outputs, 1)));
    }
    if (config.policy == PolicyLayout::kColumns) {
      columns_ = register_module(
          "columns",
          nn::Conv2d(
              nn::Conv2dOptions(config.head_channels, 1, {config.shape.rows, 1}).bias(false)));
    }
    // Last, so that the weights before them are drawn as without them.
    auxiliary_ = MakeAuxiliaryModule(config);
    if (auxiliary_.module) register_module("auxiliary", auxiliary_.module);
  }

  ModelOutput forward(const at::Tensor& planes, const at::Tensor& globals) {
    const at::Tensor seen = input_.forward(planes.to(trunk_type_), /*relu=*/false, {});
    const at::Tensor x = AddToPoints(seen, input_globals_(globals)).relu();
    at::Tensor map = head_.forward(trunk_.forward(x), /*relu=*/true, {}).to(at::kFloat);
    const at::Tensor mean = map.mean({2, 3});
    const at::Tensor pooled =
        at::cat({mean, mean * SizeFeature(map.size(2) * map.size(3)), map.amax({2, 3})}, 1);
    const at::Tensor vector = hidden_(pooled).relu();
    HeadTensors heads;
    heads.outputs = outputs_(vector);
    if (layout_.UsesMap()) map = AddToPoints(map, map_bias_(vector)).relu();
    if (points_) heads.points = points_(map).flatten(2);
    if (columns_) heads.columns = columns_(map).flatten(1);
    ModelOutput output = SplitHeads(config_, layout_, heads);
    if (auxiliary_.module) auxiliary_.forward(map, vector, output);
    return output;
  }

  void SetTrunkType(at::ScalarType type) { trunk_type_ = type; }

  // He et al. 2015 for layers before a relu; last layers ten times smaller than LeCun's, so that
  // the first policy is nearly uniform; what the trunk says starts at zero.
  void Initialise(std::uint64_t seed) {
    const at::NoGradGuard no_grad;
    Rng rng(seed, RngRole::kNetInit);
    for (const auto& item : named_parameters()) {
      at::Tensor parameter = item.value();
      const std::string& name = item.key();
      const bool auxiliary = name.starts_with("auxiliary.");
      if (BeginsAtZero(name) || (auxiliary && parameter.dim() < 2)) {
        parameter.zero_();
        continue;
      }
      if (parameter.dim() < 2) continue;  // BatchNorm starts as the identity
      const bool last = auxiliary || name.starts_with("outputs") || name.starts_with("points") ||
                        name.starts_with("columns");
      const auto fan_in = static_cast<double>(parameter.numel() / parameter.size(0));
      const double deviation = last ? 0.1 / std::sqrt(fan_in) : std::sqrt(2.0 / fan_in);
      auto* data = DataOf<float>(parameter);
      for (std::int64_t i = 0; i < parameter.numel(); ++i) {
        data[i] = static_cast<float>(deviation * rng.Normal());
      }
    }
    for (nn::Linear* linear : {&hidden_, &outputs_}) (*linear)->bias.zero_();
    if (points_) points_->bias.zero_();
  }

 private:
  LearningConv Registered(const std::string& name, LearningConv conv) {
    register_module(name, conv.module);
    return conv;
  }

  bool BeginsAtZero(const std::string& name) const {
    return std::ranges::any_of(trunk_.zero_at_first,
                               [&](const std::string& end) { return name.ends_with(end); });
  }

  ModelConfig config_;
  HeadLayout layout_;
  at::ScalarType trunk_type_ = at::kFloat;
  LearningConv input_;
  nn::Linear input_globals_;
  LearningTrunk trunk_;
  LearningConv head_;
  nn::Linear hidden_;
  nn::Linear outputs_;
  nn::Linear map_bias_ = nullptr;
  nn::Conv2d points_ = nullptr;
  nn::Conv2d columns_ = nullptr;
  AuxiliaryModule auxiliary_;
};
TORCH_MODULE(Network);

// Parameters and buffers by name.
std::vector<std::pair<std::string, at::Tensor>> AllTensors(const nn::Module& module) {
  std::vector<std::pair<std::string, at::Tensor>> all;
  for (const auto& item : module.named_parameters()) all.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) all.emplace_back(item.key(), item.value());
  return all;
}

}  // namespace

struct Model::Impl {
  explicit Impl(const ModelConfig& model_config)
      : config(model_config), network(model_config), module(network.ptr()) {}

  ModelConfig config;
  Network network;
  std::shared_ptr<nn::Module> module;
};

Model::Model(const ModelConfig& config, std::uint64_t seed) {
  const Status status = CheckModelConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  impl_ = std::make_unique<Impl>(config);
  impl_->network->Initialise(seed);
}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const ModelConfig& Model::config() const { return impl_->config; }

ModelOutput Model::Forward(const at::Tensor& planes, const at::Tensor& globals) const {
  return impl_->network->forward(planes, globals);
}

void Model::Train() { impl_->module->train(); }
void Model::Eval() { impl_->module->eval(); }
void Model::SetPrecision(Precision precision) {
  const at::Device device = impl_->module->parameters().front().device();
  impl_->network->SetTrunkType(TrunkType(precision, device));
}
void Model::MoveTo(std::string_view device) { impl_->module->to(at::Device(std::string(device))); }

ModelSnapshot Model::Snapshot(std::int64_t step) const {
  ModelSnapshot snapshot;
  snapshot.config = impl_->config;
  snapshot.step = step;
  for (const auto& [name, tensor] : AllTensors(*impl_->module)) {
    snapshot.weights[name] =
        tensor.detach().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true).contiguous();
  }
  return snapshot;
}

Status Model::Load(const NamedTensors& weights) {
  const auto own = AllTensors(*impl_->module);
  for (const auto& [name, tensor] : own) {
    const auto found = weights.find(name);
    if (found == weights.end()) return Error{StrCat("network has no tensor ", name)};
    const at::Tensor& given = found->second;
    if (given.sizes() != tensor.sizes() || given.scalar_type() != tensor.scalar_type()) {
      return Error{StrCat("network tensor ", name, " is ", given.toString(), " ", given.sizes(),
                          ", wanted ", tensor.toString(), " ", tensor.sizes())};
    }
  }
  if (weights.size() != own.size()) {
    return Error{StrCat("network has ", weights.size(), " tensors, wanted ", own.size())};
  }
  const at::NoGradGuard no_grad;
  for (auto [name, tensor] : own) tensor.copy_(weights.at(name));
  return Ok{};
}

const std::shared_ptr<torch::nn::Module>& Model::module() const { return impl_->module; }

}  // namespace tengen

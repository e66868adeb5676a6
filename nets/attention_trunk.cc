#include "nets/attention_trunk.h"

#include <vector>

#include <torch/nn.h>

#include "envs/core/check.h"
#include "nets/point_attention.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

nn::Linear Map(int in, int out) { return nn::Linear(nn::LinearOptions(in, out).bias(false)); }

// A module with one parameter, so that a scale has the same name wherever it stands.
class ScaleImpl : public nn::Module {
 public:
  explicit ScaleImpl(int width) : weight(register_parameter("weight", at::ones({width}))) {}
  at::Tensor weight;
};

at::Tensor LinearAs(const at::Tensor& x, const nn::Linear& map) {
  return at::linear(x, map->weight.to(x.scalar_type()));
}

// x [N,P,C].
class BlockImpl : public nn::Module {
 public:
  BlockImpl(int channels, int heads)
      : heads_(heads),
        norm1_(register_module("norm1", std::make_shared<ScaleImpl>(channels))->weight),
        norm2_(register_module("norm2", std::make_shared<ScaleImpl>(channels))->weight),
        query_key_value_(register_module("query_key_value", Map(channels, 3 * channels))),
        mix_(register_module("mix", Map(channels, channels))),
        up_(register_module("up", Map(channels, 4 * channels))),
        down_(register_module("down", Map(4 * channels, channels))) {}

  at::Tensor forward(const at::Tensor& x, const BoardRotation& rotation) {
    const at::Tensor seen =
        AttendPoints(LinearAs(NormTokens(x, norm1_), query_key_value_), heads_, rotation);
    const at::Tensor with_seen = x + LinearAs(seen, mix_);
    return with_seen + LinearAs(at::gelu(LinearAs(NormTokens(with_seen, norm2_), up_)), down_);
  }

 private:
  std::int64_t heads_;
  at::Tensor norm1_, norm2_;  // scales
  nn::Linear query_key_value_, mix_, up_, down_;
};
TORCH_MODULE(Block);

class TrunkImpl : public nn::Module {
 public:
  explicit TrunkImpl(const ModelConfig& config) : heads_(config.heads) {
    for (int i = 0; i < config.blocks; ++i) {
      blocks_.push_back(register_module(StrCat("block", i), Block(config.channels, config.heads)));
    }
    norm_ = register_module("norm", std::make_shared<ScaleImpl>(config.channels))->weight;
  }

  at::Tensor forward(const at::Tensor& map) {
    at::Tensor x = ToTokens(map);
    const BoardRotation rotation = RotationOf(map.size(2), map.size(3), map.size(1) / heads_, x);
    for (Block& block : blocks_) x = block(x, rotation);
    return ToMap(NormTokens(x, norm_), map.size(2), map.size(3));
  }

 private:
  int heads_;
  std::vector<Block> blocks_;
  at::Tensor norm_;
};

}  // namespace

AttentionTrunk MakeAttentionTrunk(const ModelConfig& config) {
  const auto module = std::make_shared<TrunkImpl>(config);
  return {module, [module](const at::Tensor& map) { return module->forward(map); }};
}

}  // namespace tengen

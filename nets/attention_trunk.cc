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

class FoldedAttentionTrunk final : public FoldedTrunk {
 public:
  FoldedAttentionTrunk(const ModelConfig& config, const FoldedWeights& weights)
      : heads_(config.heads),
        by_board_(weights.path() == ComputePath::kCpu && weights.type() == at::kFloat),
        norm_(weights.Get("trunk.norm.weight")) {
    for (int i = 0; i < config.blocks; ++i) {
      const auto raw = [&](const char* name) {
        return weights.Raw(StrCat("trunk.block", i, ".", name, ".weight"));
      };
      blocks_.push_back({weights.Ready(raw("query_key_value") * raw("norm1")),
                         weights.Ready(raw("mix")), weights.Ready(raw("up") * raw("norm2")),
                         weights.Ready(raw("down"))});
    }
  }

  at::Tensor Forward(const at::Tensor& map) const override {
    const std::int64_t rows = map.size(2), columns = map.size(3);
    at::Tensor x = ToTokens(map);
    const BoardRotation rotation = RotationOf(rows, columns, x.size(2) / heads_, x);
    for (const Maps& block : blocks_) {
      const at::Tensor query_key_value = at::linear(NormTokens(x, {}), block.query_key_value);
      const at::Tensor seen = by_board_ ? AttendBoards(query_key_value, heads_, rotation)
                                        : AttendPoints(query_key_value, heads_, rotation);
      x = x + at::linear(seen, block.mix);
      x = x + at::linear(at::gelu(at::linear(NormTokens(x, {}), block.up)), block.down);
    }
    return ToMap(NormTokens(x, norm_), rows, columns).contiguous(at::MemoryFormat::ChannelsLast);
  }

  void CopyFrom(const FoldedTrunk& other) override {
    const auto& from = dynamic_cast<const FoldedAttentionTrunk&>(other);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      for (at::Tensor Maps::*map : {&Maps::query_key_value, &Maps::mix, &Maps::up, &Maps::down}) {
        (blocks_[i].*map).copy_(from.blocks_[i].*map);
      }
    }
    norm_.copy_(from.norm_);
  }

 private:
  struct Maps {
    at::Tensor query_key_value;  // [3C,C]
    at::Tensor mix;              // [C,C]
    at::Tensor up;               // [4C,C]
    at::Tensor down;             // [C,4C]
  };

  std::int64_t heads_;
  bool by_board_;  // AttendBoards
  std::vector<Maps> blocks_;
  at::Tensor norm_;  // [C], float32
};

}  // namespace

Status CheckAttentionTrunk(const ModelConfig& config) {
  if (config.channels % (4 * config.heads) == 0) return Ok{};
  return Error{StrCat("model config: channels is ", config.channels,
                      ", wanted a multiple of 4 heads, ", 4 * config.heads,
                      ": each head's numbers stand for rows and columns in pairs")};
}

LearningTrunk MakeAttentionTrunk(const ModelConfig& config) {
  const auto module = std::make_shared<TrunkImpl>(config);
  LearningTrunk trunk;
  trunk.modules.emplace_back("trunk", module);
  trunk.forward = [module](const at::Tensor& map) { return module->forward(map); };
  trunk.zero_at_first = {".mix.weight", ".down.weight"};
  return trunk;
}

std::unique_ptr<FoldedTrunk> FoldAttentionTrunk(const ModelConfig& config,
                                                const FoldedWeights& weights) {
  return std::make_unique<FoldedAttentionTrunk>(config, weights);
}

}  // namespace tengen

#include "nets/auxiliary_heads.h"

#include <torch/nn.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

// Logits of all actions, laid out as those of the policy head.
class PolicyHeadImpl : public nn::Module {
 public:
  explicit PolicyHeadImpl(const ModelConfig& config) {
    const int channels = config.head_channels;
    switch (config.policy) {
      case PolicyLayout::kPoints:
      case PolicyLayout::kPointsAndPass:
        points_ = register_module("points", nn::Conv2d(nn::Conv2dOptions(channels, 1, 1)));
        if (config.policy == PolicyLayout::kPointsAndPass) {
          pass_ = register_module("pass", nn::Linear(config.head_hidden, 1));
        }
        break;
      case PolicyLayout::kColumns:
        columns_ = register_module(
            "columns",
            nn::Conv2d(nn::Conv2dOptions(channels, 1, {config.shape.rows, 1}).bias(false)));
        break;
      case PolicyLayout::kDense:
        dense_ = register_module("dense", nn::Linear(config.head_hidden, config.num_actions));
        break;
    }
  }

  at::Tensor forward(const at::Tensor& map, const at::Tensor& vector) {
    if (dense_) return dense_(vector);
    if (columns_) return columns_(map).flatten(1);
    const at::Tensor logits = points_(map).flatten(1);
    return pass_ ? at::cat({logits, pass_(vector)}, 1) : logits;
  }

 private:
  nn::Conv2d points_ = nullptr;
  nn::Linear pass_ = nullptr;
  nn::Conv2d columns_ = nullptr;
  nn::Linear dense_ = nullptr;
};
TORCH_MODULE(PolicyHead);

class AuxiliaryImpl : public nn::Module {
 public:
  explicit AuxiliaryImpl(const ModelConfig& config) {
    const AuxiliaryHeads& heads = config.auxiliary;
    if (heads.soft_policy) soft_policy_ = register_module("soft_policy", PolicyHead(config));
    if (heads.short_term) {
      short_term_ =
          register_module("short_term", nn::Linear(config.head_hidden, kShortTermHorizons));
    }
    if (heads.reply_policy) reply_policy_ = register_module("reply_policy", PolicyHead(config));
    if (heads.short_term_score) {
      short_term_score_ =
          register_module("short_term_score", nn::Linear(config.head_hidden, kShortTermHorizons));
    }
    if (heads.score_distribution) {
      score_distribution_ = register_module(
          "score_distribution", nn::Linear(config.head_hidden, ScoreBuckets(config.score_scale)));
    }
    score_scale_ = config.score_scale;
  }

  void forward(const at::Tensor& map, const at::Tensor& vector, ModelOutput& output) {
    if (soft_policy_) output.soft_policy_logits = soft_policy_(map, vector);
    if (short_term_) output.short_term_logits = short_term_(vector);
    if (reply_policy_) output.reply_policy_logits = reply_policy_(map, vector);
    if (short_term_score_) output.short_term_score = short_term_score_(vector) * score_scale_;
    if (score_distribution_) output.score_distribution_logits = score_distribution_(vector);
  }

 private:
  PolicyHead soft_policy_ = nullptr;
  nn::Linear short_term_ = nullptr;
  PolicyHead reply_policy_ = nullptr;
  nn::Linear short_term_score_ = nullptr;
  nn::Linear score_distribution_ = nullptr;
  float score_scale_ = 1.0F;
};

}  // namespace

AuxiliaryModule MakeAuxiliaryModule(const ModelConfig& config) {
  if (config.auxiliary == AuxiliaryHeads()) return {};
  const auto module = std::make_shared<AuxiliaryImpl>(config);
  return {module, [module](const at::Tensor& map, const at::Tensor& vector, ModelOutput& output) {
            module->forward(map, vector, output);
          }};
}

ModelSnapshot WithAuxiliaryHeads(const ModelSnapshot& snapshot, const AuxiliaryHeads& heads,
                                 std::uint64_t seed) {
  ModelConfig config = snapshot.config;
  config.auxiliary = heads;
  ModelSnapshot result = Model(config, seed).Snapshot(snapshot.step);
  for (auto& [name, tensor] : result.weights) {
    const auto found = snapshot.weights.find(name);
    if (found != snapshot.weights.end()) tensor = found->second;
  }
  return result;
}

}  // namespace tengen

#include <algorithm>

#include "nets/encoder.h"
#include "nets/model.h"
#include "nets/trunk.h"

namespace tengen {
namespace {

bool NeedsShape(PolicyLayout policy) {
  return policy == PolicyLayout::kColumns || policy == PolicyLayout::kDense;
}

}  // namespace

ModelConfig ModelConfigFor(const GameSpec& spec, int channels, int blocks) {
  ModelConfig config;
  config.encoder = DefaultEncoderName(spec);
  const std::shared_ptr<const InputEncoder> encoder = *MakeEncoder(config.encoder);
  config.planes = encoder->planes();
  config.globals = encoder->globals();
  config.policy = spec.policy;
  if (NeedsShape(spec.policy)) {
    config.shape = spec.shape;
    config.num_actions = spec.num_actions;
  }
  config.channels = channels;
  config.blocks = blocks;
  config.value = spec.num_players == 2 ? ValueHead::kOutcome : ValueHead::kScalar;
  config.area_heads = spec.has_area;
  if (spec.has_area) config.score_scale = 0.5F * static_cast<float>(spec.shape.points());
  return config;
}

Status CheckModelConfig(const ModelConfig& config) {
  const auto encoder = MakeEncoder(config.encoder);
  if (!encoder.ok()) return Error{StrCat("model config: ", encoder.error())};
  if (config.planes != (*encoder)->planes() || config.globals != (*encoder)->globals()) {
    return Error{StrCat("model config: ", config.planes, " planes and ", config.globals,
                        " globals, wanted the ", (*encoder)->planes(), " and ",
                        (*encoder)->globals(), " of encoder ", config.encoder)};
  }
  const auto below = [](const char* name, auto value, auto least) {
    return Error{StrCat("model config: ", name, " is ", value, ", wanted at least ", least)};
  };
  if (config.channels < 1) return below("channels", config.channels, 1);
  if (config.blocks < 0) return below("blocks", config.blocks, 0);
  if (config.heads < 1) return below("heads", config.heads, 1);
  if (Status fits = KindOf(config.trunk).check(config); !fits) return fits;
  if (config.pool_every < 0) return below("pool_every", config.pool_every, 0);
  if (config.head_channels < 1) return below("head_channels", config.head_channels, 1);
  if (config.head_hidden < 1) return below("head_hidden", config.head_hidden, 1);
  if (NeedsShape(config.policy) && config.num_actions < 1) {
    return below("num_actions", config.num_actions, 1);
  }
  if (config.policy == PolicyLayout::kColumns && config.shape.rows < 1) {
    return below("rows", config.shape.rows, 1);
  }
  if (!(config.score_scale > 0.0F)) {
    return Error{
        StrCat("model config: score_scale is ", config.score_scale, ", wanted more than 0")};
  }
  const AuxiliaryHeads& auxiliary = config.auxiliary;
  if ((auxiliary.short_term || auxiliary.reply_policy) && config.value != ValueHead::kOutcome) {
    return Error{StrCat("model config: auxiliary head ",
                        auxiliary.short_term ? "short_term" : "reply_policy",
                        " of a network for one player, wanted two players")};
  }
  if ((auxiliary.short_term_score || auxiliary.score_distribution) && !config.area_heads) {
    return Error{StrCat("model config: auxiliary head ",
                        auxiliary.short_term_score ? "short_term_score" : "score_distribution",
                        " of a network without a score, wanted area_heads")};
  }
  return Ok{};
}

Status CheckModelPlays(const ModelConfig& config, const GameSpec& spec) {
  const auto encoder = MakeEncoder(config.encoder);
  if (!encoder.ok()) return Error{encoder.error()};
  Status accepted = (*encoder)->Accepts(spec);
  if (!accepted.ok()) return accepted;
  if (config.policy != spec.policy) {
    return Error{StrCat("the network's policy head does not have the action layout of ", spec.id)};
  }
  if (NeedsShape(spec.policy) &&
      (config.shape != spec.shape || config.num_actions != spec.num_actions)) {
    return Error{StrCat("the network plays boards of ", config.shape.rows, "x",
                        config.shape.columns, " with ", config.num_actions, " actions, ", spec.id,
                        " has ", spec.shape.rows, "x", spec.shape.columns, " with ",
                        spec.num_actions)};
  }
  if (config.value == ValueHead::kOutcome && spec.num_players != 2) {
    return Error{StrCat("the network's value head is for two players, ", spec.id, " has ",
                        spec.num_players)};
  }
  return Ok{};
}

}  // namespace tengen

#include "nets/trunk.h"

#include <array>

#include "envs/core/check.h"
#include "nets/attention_trunk.h"
#include "nets/bottleneck_trunk.h"
#include "nets/residual_trunk.h"

namespace tengen {

LearningTrunk InARow(std::vector<LearningBlock> blocks) {
  LearningTrunk trunk;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    trunk.modules.emplace_back(StrCat("block", i), blocks[i].module);
  }
  trunk.forward = [blocks = std::move(blocks)](const at::Tensor& map) {
    at::Tensor x = map;
    for (const LearningBlock& block : blocks) x = block.forward(x);
    return x;
  };
  return trunk;
}

std::span<const TrunkKind> TrunkKinds() {
  // Weights: two 3x3 convolutions; two 1x1 to and from half the width and four 3x3 there; maps to
  // queries, keys, values and back, to four times the width and back.
  static constexpr std::array<TrunkKind, 3> kKinds = {{
      {Trunk::kResidual, "residual", 18.0, [](const ModelConfig&) -> Status { return Ok{}; },
       MakeResidualTrunk, FoldResidualTrunk},
      {Trunk::kBottleneck, "bottleneck", 10.0, CheckBottleneckTrunk, MakeBottleneckTrunk,
       FoldBottleneckTrunk},
      {Trunk::kAttention, "attention", 12.0, CheckAttentionTrunk, MakeAttentionTrunk,
       FoldAttentionTrunk},
  }};
  return kKinds;
}

const TrunkKind& KindOf(Trunk trunk) {
  for (const TrunkKind& kind : TrunkKinds()) {
    if (kind.trunk == trunk) return kind;
  }
  TENGEN_CHECK(false, "trunk ", static_cast<int>(trunk));
}

}  // namespace tengen

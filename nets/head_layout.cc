#include "nets/head_layout.h"

#include "nets/torch_compat.h"

namespace tengen {

HeadLayout::HeadLayout(const ModelConfig& config) {
  outputs = config.value == ValueHead::kOutcome ? 3 : 1;
  if (config.area_heads) score = outputs++;
  switch (config.policy) {
    case PolicyLayout::kPointsAndPass:
      pass = outputs++;
      point_policy = point_outputs++;
      break;
    case PolicyLayout::kPoints:
      point_policy = point_outputs++;
      break;
    case PolicyLayout::kColumns:
      columns = true;
      break;
    case PolicyLayout::kDense:
      dense = outputs;
      outputs += config.num_actions;
      break;
  }
  if (config.area_heads) point_ownership = point_outputs++;
}

ModelOutput SplitHeads(const ModelConfig& config, const HeadLayout& layout,
                       const HeadTensors& heads) {
  const at::Tensor& outputs = heads.outputs;
  ModelOutput result;
  if (config.value == ValueHead::kOutcome) {
    result.outcome_logits = outputs.narrow(1, layout.value, 3);
    const at::Tensor outcome = result.outcome_logits.softmax(1);
    result.value = outcome.select(1, 0) - outcome.select(1, 2);
  } else {
    result.value = outputs.select(1, layout.value);
  }
  if (layout.score >= 0) result.score = outputs.select(1, layout.score) * config.score_scale;
  if (layout.point_ownership >= 0) {
    result.ownership_logits = heads.points.select(1, layout.point_ownership);
  }

  if (layout.columns) {
    result.policy_logits = heads.columns;
  } else if (layout.dense >= 0) {
    result.policy_logits = outputs.narrow(1, layout.dense, config.num_actions);
  } else {
    result.policy_logits = heads.points.select(1, layout.point_policy);
    if (layout.pass >= 0) {
      result.policy_logits = at::cat({result.policy_logits, outputs.narrow(1, layout.pass, 1)}, 1);
    }
  }
  return result;
}

}  // namespace tengen

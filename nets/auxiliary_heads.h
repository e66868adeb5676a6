#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <ATen/core/Tensor.h>

#include "nets/model.h"

namespace tengen {

// The heads of a Model that training alone reads (ModelConfig::auxiliary). What they learn shapes
// the trunk; FoldedNet, evaluators and ONNX files leave them out, so that play costs the same.
//
//   map [N,K,H,W], as the policy head reads it     vector [N,D], as the outputs read it
//        |                                              |
//        + -- soft_policy, reply_policy: each laid out as the policy head -- +
//                                                       + -- short_term, short_term_score [N,3],
//                                                            score_distribution [N,B]
struct AuxiliaryModule {
  std::shared_ptr<torch::nn::Module> module;  // null: no head
  // Sets the auxiliary answers of `output`.
  std::function<void(const at::Tensor& map, const at::Tensor& vector, ModelOutput& output)> forward;
};
// Parameters by name, of the heads that there are, in this order: soft_policy.points.weight and
// .bias, soft_policy.pass.weight and .bias (or soft_policy.columns.weight, or soft_policy.dense
// .weight and .bias), short_term.weight and .bias, reply_policy.points.weight, ..., and
// short_term_score and score_distribution as short_term.
AuxiliaryModule MakeAuxiliaryModule(const ModelConfig& config);

// The snapshot with these auxiliary heads and no others: those that it has keep their weights, new
// ones begin as in Model(config, seed). Everything else is the snapshot's.
ModelSnapshot WithAuxiliaryHeads(const ModelSnapshot& snapshot, const AuxiliaryHeads& heads,
                                 std::uint64_t seed);

}  // namespace tengen

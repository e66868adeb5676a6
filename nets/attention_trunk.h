#pragma once

#include <memory>

#include "nets/trunk.h"

namespace tengen {

// Trunk::kAttention, in which every point of the board sees every other one: config.blocks times,
// with norm and R as in point_attention.h and d = C / heads,
//
//   Q, K, V = norm(x) W_qkv^T, cut into heads
//   x = x + concat(softmax((R Q) (R K)^T / sqrt(d)) V) W_o^T
//   x = x + GELU(norm(x) W_up^T) W_down^T,   W_up [4C,C]
//
// and a norm at the end. No map has a bias. Parameters by name: trunk.block0.norm1.weight,
// trunk.block0.query_key_value.weight, .mix.weight (W_o), .norm2.weight, .up.weight, .down.weight,
// ..., trunk.norm.weight. REQUIRES: channels are a multiple of 4 heads.
Status CheckAttentionTrunk(const ModelConfig& config);
LearningTrunk MakeAttentionTrunk(const ModelConfig& config);
// The norms' scales stand in the matrices behind them.
std::unique_ptr<FoldedTrunk> FoldAttentionTrunk(const ModelConfig& config,
                                                const FoldedWeights& weights);

}  // namespace tengen

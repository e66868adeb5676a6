#pragma once

#include <functional>
#include <memory>

#include <ATen/core/Tensor.h>

#include "nets/model.h"

namespace tengen {

// The trunk of a Model in which every point of the board sees every other one (Trunk::kAttention):
// config.blocks times, with norm and R as in point_attention.h and d = C / heads,
//
//   Q, K, V = norm(x) W_qkv^T, cut into heads
//   x = x + concat(softmax((R Q) (R K)^T / sqrt(d)) V) W_o^T
//   x = x + GELU(norm(x) W_up^T) W_down^T,   W_up [4C,C]
//
// and a norm at the end. No map has a bias. Computes in the type of its input.
struct AttentionTrunk {
  std::shared_ptr<torch::nn::Module> module;
  std::function<at::Tensor(const at::Tensor& map)> forward;  // [N,C,H,W] -> [N,C,H,W]
};
// Parameters by name: block0.norm1.weight, block0.query_key_value.weight, block0.mix.weight (W_o),
// block0.norm2.weight, block0.up.weight, block0.down.weight, ..., norm.weight. Scales are ones,
// matrices as LibTorch makes them.
AttentionTrunk MakeAttentionTrunk(const ModelConfig& config);

}  // namespace tengen

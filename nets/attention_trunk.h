#pragma once

#include <vector>

#include "nets/model.h"
#include "nets/point_attention.h"
#include "nets/torch_compat.h"

namespace tengen {

// norm and R as in point_attention.h, d = C / heads:
//
//   Q, K, V = norm(x) W_qkv^T, cut into heads
//   x = x + concat(softmax((R Q) (R K)^T / sqrt(d)) V) W_o^T
//   x = x + GELU(norm(x) W_up^T) W_down^T,   W_up [4C,C]
//
// x [N,P,C] of any type, in which it computes. No map has a bias.
class AttentionBlockImpl : public torch::nn::Module {
 public:
  AttentionBlockImpl(int channels, int heads);
  at::Tensor forward(const at::Tensor& x, const BoardRotation& rotation);
  // Both branches add nothing.
  void ZeroBranches();

 private:
  std::int64_t heads_;
  at::Tensor norm1_, norm2_;  // scales
  torch::nn::Linear query_key_value_, mix_, up_, down_;
};
TORCH_MODULE(AttentionBlock);

// The trunk of a Model in which every point of the board sees every other one (Trunk::kAttention):
// config.blocks AttentionBlocks, then a norm. map [N,C,H,W] -> [N,C,H,W].
class AttentionTrunkImpl : public torch::nn::Module {
 public:
  explicit AttentionTrunkImpl(const ModelConfig& config);
  at::Tensor forward(const at::Tensor& map);
  void ZeroBranches();

 private:
  int heads_;
  std::vector<AttentionBlock> blocks_;
  at::Tensor norm_;
};
TORCH_MODULE(AttentionTrunk);

}  // namespace tengen

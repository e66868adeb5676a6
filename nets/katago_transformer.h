#pragma once

#include <ATen/core/Tensor.h>

#include "nets/katago_file.h"
#include "nets/katago_layers.h"

// The layers of KataGo's transformers. Maps are [N,C,H,W], channels-last: what attention sees as a
// row of H W symbols of C numbers. Immutable, thread-safe.

namespace tengen {

// The norm at the end of a trunk, and the activation behind it.
class RmsNormLayer {
 public:
  RmsNormLayer(const KataGoRmsNorm& norm, const LayerTarget& target);
  at::Tensor operator()(const at::Tensor& map) const;

 private:
  double epsilon_;
  KataGoRmsNorm::Over over_;
  at::Tensor scale_, shift_;  // [1,C,1,1]
  KataGoActivation activation_;
};

// The norm, then attention between all points. With d = key_size and R the rotation by a point's
// place, for each head h of queries and its head g of keys and values,
//
//   head_h = softmax((R Q_h) (R K_g)^T / sqrt(d)) V_g,   out = concat(head) W_mix
//
// The norm's scale is folded into the matrices behind it.
class AttentionLayer {
 public:
  AttentionLayer(const KataGoAttention& attention, const LayerTarget& target);
  // A new tensor of the map's shape. REQUIRES: no side above GoBoard::kMaxSide.
  at::Tensor operator()(const at::Tensor& map) const;

 private:
  std::int64_t heads_, key_heads_, key_size_, value_size_;
  double epsilon_;
  at::Tensor query_key_;  // [(heads + key_heads) key_size, C]
  at::Tensor value_;      // [key_heads value_size, C]
  at::Tensor mix_;        // [C, heads value_size]
  // exp(i angle) of every place of the largest board, complex [side,side,heads + key_heads,
  // key_size / 2]; a smaller board is its corner. Undefined without a rotation.
  at::Tensor rotation_;
};

// The norm, then down(SiLU(up(x)) * gate(x)) of each point.
class FeedForwardLayer {
 public:
  FeedForwardLayer(const KataGoFeedForward& block, const LayerTarget& target);
  // A new tensor of the map's shape.
  at::Tensor operator()(const at::Tensor& map) const;

 private:
  double epsilon_;
  at::Tensor up_gate_;  // [2 hidden, C]
  at::Tensor down_;     // [C, hidden]
};

}  // namespace tengen

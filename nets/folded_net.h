#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/head_layout.h"
#include "nets/model.h"
#include "nets/packed_conv.h"

namespace tengen {

// A Model's weights made ready for inference: each BatchNorm folded into the convolution before it,
//   w' = w gamma / sqrt(var + eps),   b' = beta - mean gamma / sqrt(var + eps),
// trunk in `type` (float32 or bfloat16), heads behind the head map in float32. Immutable,
// thread-safe.
class FoldedNet {
 public:
  FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type);

  // planes [N,c,H,W] channels-last, globals [N,g], float32 on the device. The answers are float32,
  // contiguous, on the device; see HeadLayout. Call it without gradients.
  HeadTensors Forward(const at::Tensor& planes, const at::Tensor& globals) const;

 private:
  struct Block {
    PackedConv first;
    PackedConv second;
    at::Tensor pool;  // [C, 2 * pooled]; undefined without pooling
  };

  at::ScalarType type_;
  std::int64_t pooled_channels_;
  HeadLayout layout_;
  std::vector<PackedConv> input_;  // one
  at::Tensor input_globals_;       // [C,g]
  std::vector<Block> blocks_;
  std::vector<PackedConv> head_;  // one
  at::Tensor hidden_weight_, hidden_bias_;
  at::Tensor output_weight_, output_bias_;
  at::Tensor map_bias_;                   // [K,D]
  at::Tensor point_weight_, point_bias_;  // [O,K], [O]
  at::Tensor column_weight_;              // [1,K,rows,1]
};

}  // namespace tengen

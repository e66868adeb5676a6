#pragma once

#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/device.h"
#include "nets/head_layout.h"
#include "nets/model.h"
#include "nets/packed_conv.h"
#include "nets/point_attention.h"

namespace tengen {

// A convolution of a Model with the BatchNorm behind it folded in:
//   w' = w gamma / sqrt(var + eps),   b' = beta - mean gamma / sqrt(var + eps)
struct FoldedConv {
  at::Tensor weight;  // [out,in,k,k]
  at::Tensor bias;    // [out]
};
// REQUIRES: the tensors have NAME.conv and NAME.norm.
FoldedConv FoldNorm(const NamedTensors& tensors, const std::string& name);

// A Model's weights made ready for inference: each BatchNorm folded into the convolution before it,
// trunk in `type` (float32 or bfloat16), heads behind the head map in float32, auxiliary heads left
// out. Thread-safe but for Load.
class FoldedNet {
 public:
  FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type);
  // REQUIRES: the CPU's path only on the CPU.
  FoldedNet(const ModelSnapshot& snapshot, const at::Device& device, at::ScalarType type,
            ComputePath path);

  // Takes the weights of another snapshot of the same config, into the same memory: captured graphs
  // go on with them. Not thread-safe. REQUIRES: the operators' path.
  void Load(const ModelSnapshot& snapshot);

  at::ScalarType type() const { return type_; }  // of the trunk

  // planes [N,c,H,W] channels-last, of any type, globals [N,g] float32, on the device. The answers
  // are float32, contiguous, on the device; see HeadLayout. Call it without gradients.
  HeadTensors Forward(const at::Tensor& planes, const at::Tensor& globals) const;

 private:
  struct Block {
    PackedConv first;
    PackedConv second;
    at::Tensor pool;  // [C, 2 * pooled]; undefined without pooling
  };

  at::Device device_;
  at::ScalarType type_;
  ComputePath path_;
  std::int64_t pooled_channels_;
  HeadLayout layout_;
  std::vector<PackedConv> input_;  // one
  at::Tensor input_globals_;       // [C,g]
  std::vector<Block> blocks_;      // one of these two
  std::optional<FoldedAttention> attention_;
  std::vector<PackedConv> head_;  // one
  at::Tensor hidden_weight_, hidden_bias_;
  at::Tensor output_weight_, output_bias_;
  at::Tensor map_bias_;                   // [K,D]
  at::Tensor point_weight_, point_bias_;  // [O,K], [O]
  at::Tensor column_weight_;              // [1,K,rows,1]
};

}  // namespace tengen

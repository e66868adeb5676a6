#pragma once

#include <memory>
#include <optional>

#include <ATen/core/Tensor.h>

#include "nets/device.h"
#include "nets/head_layout.h"
#include "nets/model.h"
#include "nets/packed_conv.h"
#include "nets/trunk.h"

namespace tengen {

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
  ModelConfig config_;
  at::Device device_;
  at::ScalarType type_;
  ComputePath path_;
  HeadLayout layout_;
  std::optional<PackedConv> input_;  // from here on always there
  at::Tensor input_globals_;         // [C,g]
  std::unique_ptr<FoldedTrunk> trunk_;
  std::optional<PackedConv> head_;
  at::Tensor hidden_weight_, hidden_bias_;
  at::Tensor output_weight_, output_bias_;
  at::Tensor map_bias_;                   // [K,D]
  at::Tensor point_weight_, point_bias_;  // [O,K], [O]
  at::Tensor column_weight_;              // [1,K,rows,1]
};

}  // namespace tengen

#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/katago_file.h"
#include "nets/katago_layers.h"

namespace tengen {

// The blocks of one of KataGo's networks in order, what each computes added to its input. Maps are
// [N,C,H,W], channels-last. The norms in the middle of ordinary and pooling blocks are folded into
// the convolutions before them. Immutable, thread-safe.
class BlockStack {
 public:
  BlockStack(const std::vector<KataGoBlock>& blocks, const LayerTarget& target);
  ~BlockStack();
  BlockStack(BlockStack&&) noexcept;
  BlockStack& operator=(BlockStack&&) noexcept;

  at::Tensor operator()(at::Tensor map) const;

  // What a block adds to its input: a new tensor of the same shape.
  class Branch {
   public:
    virtual ~Branch() = default;
    virtual at::Tensor operator()(const at::Tensor& map) const = 0;
  };

 private:
  std::vector<std::unique_ptr<const Branch>> branches_;
};

}  // namespace tengen

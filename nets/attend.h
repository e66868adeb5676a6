#pragma once

#include <cmath>

#include <torch/version.h>

#include "nets/tensor_ops.h"

namespace tengen {

// Attention without a mask (Vaswani et al. 2017, section 3.2.1), softmax(q k^T / sqrt(d)) v, by
// LibTorch's fused operation where this one has it: q, k [N,heads,L,d], v [N,heads,L,e] ->
// [N,heads,L,e].
inline at::Tensor Attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
#if TORCH_VERSION_MAJOR >= 2
  return at::scaled_dot_product_attention(q, k, v);
#else
  const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
  return at::matmul(at::softmax(at::matmul(q * scale, k.transpose(2, 3)), -1), v);
#endif
}

}  // namespace tengen

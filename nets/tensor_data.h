#pragma once

#include <ATen/core/Tensor.h>

#include "envs/core/check.h"

namespace tengen {

// The numbers of a tensor as they lie in memory, row by row. REQUIRES (checked): T is its type, it
// lies on the CPU, contiguous. Another layout would not crash: it would scramble what is read.
template <typename T>
T* DataOf(const at::Tensor& tensor) {
  TENGEN_CHECK(tensor.is_cpu() && tensor.is_contiguous(), "tensor of shape ", tensor.sizes(),
               " with strides ", tensor.strides(), " on ", tensor.device(),
               ", wanted contiguous on the CPU");
  return tensor.data_ptr<T>();
}

}  // namespace tengen

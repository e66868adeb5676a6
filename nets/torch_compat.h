#pragma once

// What differs between LibTorch 1.13 and 2.x or is not in its public front end, for the .cc files
// of nets/ and agents/.

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/torch.h>

#include "nets/precision.h"

namespace tengen {

// 1.13 has c10::optional, 2.x std::optional; both are made from this.
inline constexpr auto kNullopt = c10::nullopt;

// Whether this LibTorch was built with CUDA, whatever devices there are.
inline bool BuiltWithCuda() { return c10::impl::hasDeviceGuardImpl(at::kCUDA); }

// Whether the GPU has bfloat16 products (Ampere and later). REQUIRES: a CUDA device.
inline bool CudaHasBfloat16() {
  return at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8();
}

// The type of a trunk's numbers on that device.
inline at::ScalarType TrunkType(Precision precision, const at::Device& device) {
  if (precision == Precision::kAuto) {
    const bool native = device.is_cuda() ? CudaHasBfloat16() : CpuHasBfloat16();
    return native ? at::kBFloat16 : at::kFloat;
  }
  return precision == Precision::kBfloat16 ? at::kBFloat16 : at::kFloat;
}

}  // namespace tengen

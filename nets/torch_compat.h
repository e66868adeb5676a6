#pragma once

// What differs between LibTorch 1.13 and 2.x or is not in its public front end, for the .cc files
// of nets/ and agents/.

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include "nets/device.h"
#include "nets/precision.h"
#include "nets/tensor_ops.h"

namespace tengen {

// 1.13 has c10::optional, 2.x std::optional; both are made from this.
inline constexpr auto kNullopt = c10::nullopt;

// Whether this LibTorch was built with CUDA, whatever devices there are.
inline bool BuiltWithCuda() { return c10::impl::hasDeviceGuardImpl(at::kCUDA); }

// Whether the GPU has bfloat16 products (Ampere and later). REQUIRES: a CUDA device.
inline bool CudaHasBfloat16() {
  return at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8();
}

inline at::Device TorchDevice(Device device) {
  return device.is_cuda() ? at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index()))
                          : at::Device(at::kCPU);
}

// The type of a trunk's numbers on that device. A processor imitates bfloat16 when it is told to; a
// GPU without it computes in float32.
inline at::ScalarType TrunkType(Precision precision, const at::Device& device) {
  if (precision == Precision::kFloat32) return at::kFloat;
  if (device.is_cuda()) return CudaHasBfloat16() ? at::kBFloat16 : at::kFloat;
  const bool half = precision == Precision::kBfloat16 || CpuHasBfloat16();
  return half ? at::kBFloat16 : at::kFloat;
}

}  // namespace tengen

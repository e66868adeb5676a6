#include "nets/device.h"

#include <torch/cuda.h>

#include "nets/cuda_device.h"
#include "nets/torch_compat.h"

namespace tengen {

CudaState FindCuda() {
  CudaState state;
  state.built = BuiltForCuda() && BuiltWithCuda();
  if (!state.built) return state;
  try {
    // LibTorch only counts no devices where something is wrong with the driver; work says what.
    at::empty({1}, at::kCUDA);
    state.devices = static_cast<int>(torch::cuda::device_count());
  } catch (const c10::Error& error) {
    state.fault = error.what_without_backtrace();
  }
  return state;
}

Result<Device> ParseDevice(std::string_view text) {
  const Result<Device> device = DeviceByName(text);
  if (!device.ok() || !device->is_cuda()) return device;
  const Status there = CheckDevice(*device, FindCuda());
  if (!there) return Error{there.error()};
  return device;
}

}  // namespace tengen

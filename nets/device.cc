#include "nets/device.h"

#include "nets/torch_compat.h"

namespace tengen {

Result<Device> ParseDevice(std::string_view text) {
  if (text == "cpu") return Device::kCpu;
  if (text != "cuda") return Error{StrCat("device ", text, ", wanted cpu or cuda")};
  if (!BuiltWithCuda()) {
    return Error{"device cuda, wanted cpu: this LibTorch has no CUDA"};
  }
  if (!torch::cuda::is_available()) {
    return Error{"device cuda, wanted cpu: no CUDA device found"};
  }
  return Device::kCuda;
}

}  // namespace tengen

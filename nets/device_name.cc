#include <charconv>

#include "envs/core/check.h"
#include "nets/device.h"

namespace tengen {

std::string Device::Text() const { return is_cuda() ? StrCat("cuda:", index_) : "cpu"; }

Result<Device> DeviceByName(std::string_view text) {
  if (text == "cpu") return Device::kCpu;
  if (text == "cuda") return Device::kCuda;
  constexpr std::string_view kPrefix = "cuda:";
  constexpr int kMost = 63;  // more than any machine has
  if (text.starts_with(kPrefix)) {
    const std::string_view digits = text.substr(kPrefix.size());
    int index = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error == std::errc() && end == digits.data() + digits.size() && index >= 0 &&
        index <= kMost) {
      return Device::Cuda(index);
    }
  }
  return Error{StrCat("device ", text, ", wanted cpu or cuda or cuda:N, such as cuda:1")};
}

namespace {

// LibTorch's words in ours. It says over several sentences what a user can do about it.
std::string Explain(const std::string& fault) {
  if (fault.find("driver on your system is too old") != std::string::npos) {
    const std::string_view mark = "found version ";
    const auto at = fault.find(mark);
    std::string version;
    if (at != std::string::npos) {
      const auto begin = at + mark.size();
      version = StrCat(" (it is for CUDA ", fault.substr(begin, fault.find(')', begin) - begin),
                       " in the driver's count)");
    }
    return StrCat("the NVIDIA driver is older than this LibTorch wants", version,
                  ": update the driver, or build with a LibTorch for an older CUDA");
  }
  if (fault.find("no NVIDIA driver") != std::string::npos) return "no NVIDIA driver found";
  if (fault.empty() || fault.find("no CUDA-capable device") != std::string::npos ||
      fault.find("No CUDA GPUs") != std::string::npos) {
    return "no CUDA device found";
  }
  return "no CUDA device can be used: " + fault.substr(0, fault.find('\n'));
}

}  // namespace

Status CheckDevice(Device device, const CudaState& cuda) {
  if (!device.is_cuda()) return Ok{};
  const std::string name = device == Device::kCuda ? "cuda" : device.Text();
  if (!cuda.built)
    return Error{
        StrCat("device ", name,
               ", wanted cpu: this build has no CUDA, which takes a LibTorch that has it")};
  if (cuda.devices == 0) {
    return Error{StrCat("device ", name, ", wanted cpu: ", Explain(cuda.fault))};
  }
  if (device.index() >= cuda.devices) {
    return Error{StrCat("device ", name, ", wanted cuda:0",
                        cuda.devices > 1 ? StrCat(" to cuda:", cuda.devices - 1) : std::string(),
                        ": this machine has ", cuda.devices,
                        cuda.devices == 1 ? " CUDA device" : " CUDA devices")};
  }
  return Ok{};
}

}  // namespace tengen

#pragma once

#include <string>
#include <string_view>

#include "envs/core/result.h"

namespace tengen {

// Where networks compute: the CPU, or one of the machine's CUDA devices.
class Device {
 public:
  static const Device kCpu;
  static const Device kCuda;  // the first one

  // REQUIRES: index >= 0, which is what the driver counts: 0, 1, ...
  static constexpr Device Cuda(int index) { return Device(index); }

  constexpr bool is_cuda() const { return index_ >= 0; }
  constexpr int index() const { return index_; }  // of the CUDA device; -1 on the CPU
  std::string Text() const;                       // "cpu", "cuda:1"

  constexpr bool operator==(const Device&) const = default;

 private:
  explicit constexpr Device(int index) : index_(index) {}

  int index_;
};
inline constexpr Device Device::kCpu = Device(-1);
inline constexpr Device Device::kCuda = Device(0);

// What a LibTorch and a machine have of CUDA.
struct CudaState {
  bool built =
      false;  // LibTorch was built with it, and this program with LibTorch's headers for it
  int devices = 0;
  std::string fault;  // LibTorch's words where no device can be used
};
CudaState FindCuda();

// The device that "cpu", "cuda" (the first) or "cuda:N" names. Error: no such name.
Result<Device> DeviceByName(std::string_view text);
// Whether it is there. The error says what was found and what was wanted.
Status CheckDevice(Device device, const CudaState& cuda);

// Both: a device by name that is there on this machine.
Result<Device> ParseDevice(std::string_view text);

// Which code computes: the loops and oneDNN calls made for the CPU, or LibTorch's operators, which
// every device has. Tests run the operators on the CPU too.
enum class ComputePath { kCpu, kOperators };

constexpr ComputePath PathFor(Device device) {
  return device.is_cuda() ? ComputePath::kOperators : ComputePath::kCpu;
}

}  // namespace tengen

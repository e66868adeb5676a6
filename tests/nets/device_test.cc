#include "nets/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A build with CUDA on a machine with so many cards.
CudaState Cards(int devices) {
  CudaState state;
  state.built = true;
  state.devices = devices;
  return state;
}

std::string Fault(const std::string& words) {
  CudaState state = Cards(0);
  state.fault = words;
  return CheckDevice(Device::kCuda, state).error();
}

TEST(Device, NamesAreCpuCudaAndCudaWithAnIndex) {
  EXPECT_EQ(*DeviceByName("cpu"), Device::kCpu);
  EXPECT_EQ(*DeviceByName("cuda"), Device::kCuda);
  EXPECT_EQ(*DeviceByName("cuda:0"), Device::kCuda);
  EXPECT_EQ(*DeviceByName("cuda:1"), Device::Cuda(1));
  EXPECT_NE(*DeviceByName("cuda:1"), Device::kCuda);
  EXPECT_EQ(DeviceByName("cuda:12")->Text(), "cuda:12");
  EXPECT_EQ(DeviceByName("cuda")->Text(), "cuda:0");
  EXPECT_EQ(DeviceByName("cpu")->Text(), "cpu");
}

TEST(Device, OtherNamesAreErrors) {
  for (const char* name : {"", "tpu", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cuda:1x", "cuda: 1",
                           "cuda:99999999999", "cuda:64", "cpu:0", "cuda1"}) {
    ASSERT_FALSE(DeviceByName(name)) << name;
    EXPECT_EQ(DeviceByName(name).error(),
              std::string("device ") + name + ", wanted cpu or cuda or cuda:N, such as cuda:1");
  }
}

TEST(Device, TheCpuIsAlwaysThere) { EXPECT_TRUE(CheckDevice(Device::kCpu, CudaState())); }

TEST(Device, WhatIsNotThereIsOneSentence) {
  EXPECT_EQ(CheckDevice(Device::kCuda, CudaState()).error(),
            "device cuda, wanted cpu: this build has no CUDA, which takes a LibTorch that has it");
  EXPECT_EQ(CheckDevice(Device::kCuda, Cards(0)).error(),
            "device cuda, wanted cpu: no CUDA device found");
  EXPECT_EQ(CheckDevice(Device::Cuda(3), Cards(1)).error(),
            "device cuda:3, wanted cuda:0: this machine has 1 CUDA device");
  EXPECT_EQ(CheckDevice(Device::Cuda(3), Cards(2)).error(),
            "device cuda:3, wanted cuda:0 to cuda:1: this machine has 2 CUDA devices");
  EXPECT_TRUE(CheckDevice(Device::Cuda(3), Cards(4)));
}

// The words of torch 2.11's c10/cuda/CUDAFunctions.cpp.
TEST(Device, FaultsOfTheDriverAreOneSentence) {
  EXPECT_EQ(
      Fault("The NVIDIA driver on your system is too old (found version 11040). Please update "
            "your GPU driver by downloading and installing a new version"),
      "device cuda, wanted cpu: the NVIDIA driver is older than this LibTorch wants (it is for "
      "CUDA 11040 in the driver's count): update the driver, or build with a LibTorch for an "
      "older CUDA");
  EXPECT_EQ(Fault("Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU "
                  "and installed a driver from http://www.nvidia.com/Download/index.aspx"),
            "device cuda, wanted cpu: no NVIDIA driver found");
  EXPECT_EQ(Fault("No CUDA GPUs are available"), "device cuda, wanted cpu: no CUDA device found");
  EXPECT_THAT(Fault("CUDA error: out of memory\nCUDA kernel errors might be ..."),
              AllOf(HasSubstr("no CUDA device can be used: CUDA error: out of memory"),
                    ::testing::Not(HasSubstr("\n"))));
}

TEST(Device, OnlyTheCpuHasAPathOfItsOwn) {
  EXPECT_EQ(PathFor(Device::kCpu), ComputePath::kCpu);
  EXPECT_EQ(PathFor(Device::Cuda(2)), ComputePath::kOperators);
}

}  // namespace
}  // namespace tengen

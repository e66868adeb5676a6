#pragma once

#include <functional>
#include <span>
#include <string>

#include <ATen/core/Tensor.h>

#include "experiments/datasets/samples.h"
#include "nets/data_source.h"
#include "nets/net.h"

namespace tengen {

// [n, shape...] float32, a copy of the features; [n] int64; [n, 1] float32.
at::Tensor FeatureTensor(const Samples& samples);
at::Tensor LabelTensor(const Samples& samples);
at::Tensor TargetTensor(const Samples& samples);

// Outputs of the net for all examples, a few hundred at a time, on the CPU. Without gradients.
at::Tensor Outputs(const Net& net, const at::Tensor& x, const std::string& device);

// Puts a batch on the device and keeps it there.
Batch OnDevice(const Batch& batch, const std::string& device);

// Seconds of one prediction: the median of several runs with one example.
double PredictionSeconds(const Net& net, const at::Tensor& example, const std::string& device);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

#include "envs/core/rng.h"
#include "nets/random_stream.h"
#include "nets/safetensors.h"

namespace torch::nn {
class Module;
}

namespace tengen {

// A network from one tensor to one tensor, as the files linear_net.h to attention_net.h make them.
// In training (as new modules are) BatchNorm and dropout work, in evaluation not. Copies share the
// weights. Not thread-safe.
struct Net {
  std::shared_ptr<torch::nn::Module> module;  // its parameters and buffers, by name
  std::function<at::Tensor(const at::Tensor& x)> forward;
  std::shared_ptr<RandomStream> random;  // of its dropout
};

// Deep copy on the CPU of all parameters and buffers.
NamedTensors NetWeights(const Net& net);
// Replaces them. Errors: a name missing, one too many, another shape or type; then nothing has
// changed.
Status LoadNetWeights(Net& net, const NamedTensors& weights);
// Puts it into evaluation mode.
void StopTraining(Net& net);
// "cpu" or "cuda". Before a Trainer is made of it.
void MoveTo(Net& net, const std::string& device);
// Numbers that training changes.
std::int64_t ParameterCount(const Net& net);

// Draws in the order of memory: uniform in [-bound, bound], normal with mean 0.
void FillUniform(at::Tensor tensor, double bound, Rng& rng);
void FillNormal(at::Tensor tensor, double deviation, Rng& rng);

}  // namespace tengen

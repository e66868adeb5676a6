#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace torch::nn {
class Module;
}

namespace tengen {

// Re-estimates the running statistics of a module's BatchNorm layers (of any dimension): while this
// lives, they gather the plain mean over what is run through the module, which itself stands in
// evaluation mode (no dropout); at the end they have their momentum back. The module is left in
// evaluation mode. Not thread-safe.
class NormStatistics {
 public:
  explicit NormStatistics(torch::nn::Module& module);
  ~NormStatistics();
  NormStatistics(const NormStatistics&) = delete;
  NormStatistics& operator=(const NormStatistics&) = delete;

  // Whether there is anything to estimate.
  bool needed() const { return !restore_.empty(); }

 private:
  torch::nn::Module& module_;
  std::vector<std::function<void()>> restore_;
};

}  // namespace tengen

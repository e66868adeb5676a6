#pragma once

#include <memory>

#include "nets/net_evaluator.h"

namespace tengen {

// Forward passes of one batch that is already encoded, again and again: what a network can do on a
// device with nothing around it. On the CPU every caller computes batches of its own; on a CUDA
// device two batches are under way, copies in and out included.
class RawForward {
 public:
  class Impl;

  // REQUIRES: on a CUDA device one caller at a time; batch <= 1024 there.
  RawForward(const ModelSnapshot& snapshot, BoardShape shape, int batch,
             const NetEvaluatorOptions& options);
  ~RawForward();
  RawForward(const RawForward&) = delete;
  RawForward& operator=(const RawForward&) = delete;

  // Evaluations per second of the calling thread. Thread-safe on the CPU.
  double Run(double seconds) const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

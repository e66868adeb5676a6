#pragma once

#include <span>
#include <vector>

#include "nets/head_layout.h"
#include "search/evaluator.h"

namespace tengen {

// Turns raw outputs of a network into answers. Immutable, thread-safe.
class AnswerWriter {
 public:
  explicit AnswerWriter(const ModelConfig& config);

  // Row first + n of `heads` answers batch[n], whose board was turned by symmetries[n]. REQUIRES:
  // positions of one game; the tensors are float32 on the CPU; contiguous (checked).
  void Write(const HeadTensors& heads, int first, std::span<const Symmetry> symmetries,
             std::span<Evaluation> batch) const;

 private:
  void WritePrior(const GameSpec& spec, const std::vector<Action>& turned, const float* outputs,
                  const float* points, const float* columns, Evaluation& evaluation) const;

  const ModelConfig config_;
  const HeadLayout layout_;
};

}  // namespace tengen

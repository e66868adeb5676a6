#pragma once

#include <cmath>
#include <cstdint>

#include <ATen/core/Tensor.h>

#include "nets/model.h"

namespace tengen {

// Where each answer lies in the raw outputs of the last layers, shared by the model that is trained
// and the folded one that plays.
struct HeadLayout {
  explicit HeadLayout(const ModelConfig& config);

  bool UsesMap() const { return point_outputs > 0 || columns; }

  // Columns of the `outputs` layer [N, outputs]; -1 = not there.
  int value = 0;  // three outcome logits or one number
  int score = -1;
  int pass = -1;
  int dense = -1;  // first of num_actions
  int outputs = 0;

  // Channels of the `points` layer [N, point_outputs, P]; -1 = not there.
  int point_policy = -1;
  int point_ownership = -1;
  int point_outputs = 0;

  bool columns = false;  // the `columns` layer [N, columns] gives the policy
};

struct HeadTensors {
  at::Tensor outputs;
  at::Tensor points;
  at::Tensor columns;
};

// REQUIRES: the tensors have the layout's shapes.
ModelOutput SplitHeads(const ModelConfig& config, const HeadLayout& layout,
                       const HeadTensors& heads);

// Channels that a pooling block looks at.
inline int PooledChannels(int channels) { return channels < 4 ? 1 : channels / 4; }

inline bool HasPooling(const ModelConfig& config, int block) {
  return config.pool_every > 0 && (block + 1) % config.pool_every == 0;
}

// What the mean over the board is multiplied by in the second third of the pooled vector, so that
// sums over the board (scores) can be told from means.
inline double SizeFeature(std::int64_t points) {
  return (std::sqrt(static_cast<double>(points)) - 10.0) / 10.0;
}

}  // namespace tengen

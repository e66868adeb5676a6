#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "nets/katago_file.h"
#include "nets/net_evaluator.h"

namespace tengen {

// One batch's raw answers; N positions, P points, view of the player to move. What they mean:
// katago_values.h.
struct KataGoOutput {
  at::Tensor policy;     // [N,P+1] logits; the pass is last
  at::Tensor outcome;    // [N,3] logits of win, loss and no result
  at::Tensor scores;     // [N,4], from version 9 [N,6]: see KataGoValueHead::score
  at::Tensor ownership;  // [N,P]; tanh gives P(point ends as the mover's) - P(the other's)
};

// The forward pass of KataGo's networks (Wu 2019, "Accelerating self-play learning in Go",
// https://arxiv.org/abs/1902.10565; nested bottlenecks: the project's later networks):
//
//   planes [N,22,H,W]        globals [N,19]
//        conv ---- + ---- matrix
//                  |
//     blocks x  [ norm, act, conv, (+ pooled bias), norm, act, conv, + input ]
//               [ RMS norm, attention, + input ]
//               [ RMS norm, gated feed-forward, + input ]
//                  |
//              norm, act ------------------ policy head: points, pass
//                     \-------------------- value head: outcome, scores, ownership
//
// Pooling over a board of A points gives mean, mean (sqrt(A) - 14) / 10 and the maximum; in the
// value head the third is mean ((sqrt(A) - 14)^2 / 100 - 1/10). The board fills the whole input, so
// plane 0 ("on the board") is 1 everywhere and no mask is needed.
//
// Transformer blocks (katago_transformer.h) stand in the trunk or inside of nested bottlenecks.
// Networks that imitate people add a second bias to the input, from what is known of the game.
//
// The norms in the middle of blocks and heads are folded into the convolutions before them.
// Immutable, thread-safe.
class KataGoModel {
 public:
  enum class Arithmetic { kFloat32, kFloat64 };

  // Networks from version 12 on have two policies: the second was trained on the games that went
  // better than thought. `optimism` is its share in the logits, from 0 to 1; by default that which
  // KataGo gives it at the root of a search and in kata-raw-nn (its setting rootPolicyOptimism).
  static constexpr double kUsualOptimism = 0.2;

  KataGoModel(const KataGoNetwork& network, Device device, Arithmetic arithmetic,
              double optimism = kUsualOptimism);
  // REQUIRES: the CPU's path only on the CPU.
  KataGoModel(const KataGoNetwork& network, Device device, Arithmetic arithmetic, ComputePath path,
              double optimism = kUsualOptimism);
  ~KataGoModel();
  KataGoModel(KataGoModel&&) noexcept;
  KataGoModel& operator=(KataGoModel&&) noexcept;

  // planes [N,22,H,W], globals [N,19] on the device, in any floating type and memory format; one
  // board size for the batch, no side above GoBoard::kMaxSide. metadata [N,192] likewise, for
  // networks that take it: undefined stands for zeros, nothing known of the game. Answers have the
  // type of the arithmetic, contiguous, on the device. Call it without gradients.
  KataGoOutput Forward(const at::Tensor& planes, const at::Tensor& globals,
                       const at::Tensor& metadata = {}) const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace tengen

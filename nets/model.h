#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "envs/core/game.h"
#include "nets/precision.h"
#include "nets/safetensors.h"
#include "nets/score_buckets.h"
#include "nets/short_term.h"

namespace torch::nn {
class Module;
}

namespace tengen {

// What the value of a position is made of.
enum class ValueHead {
  kOutcome,  // two players: logits of win, draw, loss; value = P(win) - P(loss)
  kScalar,   // one number, the expected return
};

// What stands between the input and the heads.
enum class Trunk {
  kResidual,    // blocks of convolutions
  kBottleneck,  // blocks of blocks of convolutions of half the width
  kAttention,   // blocks in which every point of the board sees every other one
};

// Heads that training alone reads; what plays leaves them out (nets/auxiliary_heads.h).
struct AuxiliaryHeads {
  bool soft_policy = false;   // the search's policy, flattened (SoftPolicy in losses.h)
  bool short_term = false;    // two players: the values of the plies to come, on three horizons
  bool reply_policy = false;  // two players: the search's policy of the opponent's reply
  // With area heads: the scores of the plies to come, on three horizons, and the final score's
  // distribution over ScoreBuckets.
  bool short_term_score = false;
  bool score_distribution = false;

  bool operator==(const AuxiliaryHeads&) const = default;
};

// Everything that fixes a network's shape. Written to model.json.
struct ModelConfig {
  std::string encoder = "board/1";
  int planes = 0;
  int globals = 0;

  PolicyLayout policy = PolicyLayout::kPoints;
  // Used by kColumns (rows) and kDense (num_actions) only: with the other layouts one network plays
  // every board size.
  BoardShape shape;
  int num_actions = 0;

  Trunk trunk = Trunk::kResidual;
  int channels = 32;       // width of the trunk
  int blocks = 4;          // see Trunk and trunk.h
  int heads = 4;           // kAttention: of each block; channels are a multiple of 4 heads
  int pool_every = 2;      // of convolutions: every n-th block has global pooling; 0 = none
  int head_channels = 32;  // width of the heads' common map
  int head_hidden = 64;    // width of the heads' common vector

  ValueHead value = ValueHead::kOutcome;
  bool area_heads = false;   // score and ownership
  float score_scale = 1.0F;  // points per unit of the score head, > 0

  AuxiliaryHeads auxiliary;

  bool operator==(const ModelConfig&) const = default;
};

// The config for new networks of a game: its default encoder, head layout and score scale.
ModelConfig ModelConfigFor(const GameSpec& spec, int channels, int blocks);
// First thing wrong with it (a width below 1, an unknown encoder, planes that are not the
// encoder's).
Status CheckModelConfig(const ModelConfig& config);
// Whether a network of this config can play the game; the error says why not.
Status CheckModelPlays(const ModelConfig& config, const GameSpec& spec);

// Weights at one moment, to be shared between threads and never changed: all parameters and buffers
// by name, float32 (counters int64), contiguous, on the CPU.
struct ModelSnapshot {
  ModelConfig config;
  NamedTensors weights;
  std::int64_t step = 0;  // learner steps behind these weights
};

// One batch's answers; N positions, A actions, P points. Views of the player to move.
struct ModelOutput {
  at::Tensor policy_logits;     // [N,A], of the board as it was given (symmetries not undone)
  at::Tensor outcome_logits;    // [N,3]: win, draw, loss; undefined with ValueHead::kScalar
  at::Tensor value;             // [N]
  at::Tensor score;             // [N], points; undefined without area heads
  at::Tensor ownership_logits;  // [N,P], P(point ends as the mover's) = sigmoid; undefined without

  // Of a Model with the auxiliary heads only, else undefined.
  at::Tensor soft_policy_logits;         // [N,A]
  at::Tensor short_term_logits;          // [N,3], from far to near: (1 + value) / 2 = sigmoid
  at::Tensor reply_policy_logits;        // [N,A]; the opponent's actions
  at::Tensor short_term_score;           // [N,3], from far to near, points
  at::Tensor score_distribution_logits;  // [N,B], B = ScoreBuckets(score_scale)
};

// Network without fixed board size.
//
//   planes [N,c,H,W]            globals [N,g]
//        conv 3x3  ---- + ---- linear
//                       |
//                    norm, relu
//                       |
//                trunk (trunk.h)
//                       |
//                    conv 1x1, norm, relu = map [N,K,H,W]
//                       |                \ pool: mean, mean * size, max [N,3K]
//                       |                  linear, relu = vector [N,D]
//                       |                 /     \ linear -- outcome, score, pass
//                       + -- linear -----/
//                       |
//                     relu -- conv 1x1 -- policy (per point), ownership
//                            \ conv Hx1 -- policy (per column)
//
// Norm is BatchNorm, behind each convolution, so that all of it can be folded into the
// convolutions. Auxiliary heads read the same map and vector as the last layers, and come last of
// all weights: those before them do not change with them. Not thread-safe; movable.
class Model {
 public:
  // Random weights (He et al. 2015), a function of config and seed only.
  // REQUIRES: CheckModelConfig(config).
  Model(const ModelConfig& config, std::uint64_t seed);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  const ModelConfig& config() const;

  // planes [N,c,H,W] float32 in either memory format, globals [N,g] float32, on the model's device.
  ModelOutput Forward(const at::Tensor& planes, const at::Tensor& globals) const;

  // BatchNorm uses the batch's statistics (and updates the running ones) in training, the running
  // ones in evaluation. New models are in training.
  void Train();
  void Eval();

  // Precision of the trunk in Forward and its gradients; the device must not change afterwards.
  // kFloat32 until this is called. Training with bfloat16 is about twice as fast where it is
  // native.
  void SetPrecision(Precision precision);

  // "cpu" or "cuda". Before a Trainer is made of it.
  void MoveTo(std::string_view device);

  // Deep copy of the weights.
  ModelSnapshot Snapshot(std::int64_t step = 0) const;
  // Replaces all weights. Errors: a name missing, one too many, another shape or type.
  Status Load(const NamedTensors& weights);

  const std::shared_ptr<torch::nn::Module>& module() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

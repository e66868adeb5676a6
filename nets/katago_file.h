#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

// Network files of KataGo (https://github.com/lightvector/KataGo), model versions 8 to 17: read
// into plain structs that hold the numbers as they stand in the file. The format in full:
// docs/katago-networks.md.
//
// A file is a gzip stream of tokens separated by white space. In ".txt.gz" files the weights are
// decimal tokens; in ".bin.gz" files each array of weights is "@BIN@" followed by little-endian
// float32. Array lengths follow from the tokens before them.

namespace tengen {

enum class KataGoActivation { kIdentity, kRelu, kMish, kSilu };

// Convolution without bias, zero padding that keeps the board's size.
struct KataGoConv {
  std::string name;
  int rows = 0;     // of the kernel, odd
  int columns = 0;  // of the kernel, odd
  int in = 0;
  int out = 0;
  int row_dilation = 1;
  int column_dilation = 1;
  std::vector<float> weights;  // [row][column][in][out]
};

// y = scale (x - mean) / sqrt(variance + epsilon) + bias, per channel; then the activation.
struct KataGoNorm {
  std::string name;
  double epsilon = 0.0;
  std::vector<float> mean, variance, scale, bias;  // [channels] each
  KataGoActivation activation = KataGoActivation::kRelu;

  int channels() const { return static_cast<int>(mean.size()); }
};

struct KataGoMatrix {
  std::string name;
  int in = 0;
  int out = 0;
  std::vector<float> weights;  // [in][out]
};

// y = scale x / sqrt(mean of x^2 + epsilon) + bias (Zhang and Sennrich 2019, "Root Mean Square
// Layer Normalization", eq. 4); then the activation.
struct KataGoRmsNorm {
  // What the mean goes over: the channels of each point by itself, or those of all points together.
  enum class Over { kPoint, kBoard };

  std::string name;
  double epsilon = 0.0;
  Over over = Over::kPoint;
  std::vector<float> scale;  // [channels]
  std::vector<float> bias;   // [channels]; empty inside of blocks
  KataGoActivation activation = KataGoActivation::kIdentity;

  int channels() const { return static_cast<int>(scale.size()); }
};

// Multi-head self-attention between the points of the board: the norm, then query, key and value;
// each head of queries looks at its group's head of keys and values; `mix` brings the heads
// together again. Places enter by turning pairs of channels of queries and keys (RoPE; Su et al.
// 2021, "RoFormer").
struct KataGoAttention {
  enum class Rotation {
    kNone,
    kLearnt,  // of each head of keys and each pair: radians per column and per row
    kFixed,   // frequencies by `theta`; the first half of the pairs for rows, the rest for columns
  };

  int heads = 0;
  int key_heads = 0;   // divides heads
  int key_size = 0;    // of a head; even with a rotation
  int value_size = 0;  // of a head
  KataGoRmsNorm norm;
  KataGoMatrix query, key, value, mix;
  Rotation rotation = Rotation::kNone;
  std::vector<float> frequencies;  // kLearnt: [key_heads][key_size / 2][column, row]
  double theta = 0.0;              // kFixed
};

// down(SiLU(up(x)) * gate(x)) of each point's normed channels (Shazeer 2020, "GLU Variants Improve
// Transformer", SwiGLU).
struct KataGoFeedForward {
  KataGoRmsNorm norm;
  KataGoMatrix up, gate, down;
};

// A residual block: what it computes is added to its input.
//
//   kOrdinary:          pre_norm, first, mid_norm, last
//   kPooling:           pre_norm, first + bias from the pooled board, mid_norm, last; the bias is
//                       pool_conv, pool_norm, pooling, pool_matrix of what pre_norm gave
//   kNestedBottleneck:  pre_norm, first (1x1 down), inner blocks, mid_norm, last (1x1 up)
//   kAttention:         attention
//   kFeedForward:       feed_forward
struct KataGoBlock {
  enum class Kind { kOrdinary, kPooling, kNestedBottleneck, kAttention, kFeedForward };

  Kind kind = Kind::kOrdinary;
  std::string name;
  KataGoNorm pre_norm;  // this, `first`, `mid_norm` and `last`: of the first three kinds
  KataGoConv first;
  KataGoConv pool_conv;  // this and the next two: kPooling only
  KataGoNorm pool_norm;
  KataGoMatrix pool_matrix;
  std::vector<KataGoBlock> inner;  // kNestedBottleneck only
  KataGoNorm mid_norm;
  KataGoConv last;
  KataGoAttention attention;       // kAttention only
  KataGoFeedForward feed_forward;  // kFeedForward only
};

// What is known of a game's players, clock and date (katago_profile.h) made into a bias of the
// trunk's input: two hidden layers. In networks that imitate people.
struct KataGoMetadataEncoder {
  static constexpr int kInputs = 192;

  KataGoMatrix first;
  std::vector<float> first_bias;
  KataGoActivation first_activation = KataGoActivation::kRelu;
  KataGoMatrix second;
  std::vector<float> second_bias;
  KataGoActivation second_activation = KataGoActivation::kRelu;
  KataGoMatrix last;
};

struct KataGoPolicyHead {
  KataGoConv point_conv;  // p1
  KataGoConv pool_conv;   // g1
  KataGoNorm pool_norm;
  KataGoMatrix pool_matrix;  // pooled vector -> bias of point_conv
  KataGoNorm point_norm;
  // One output channel; two from version 12 (the second: optimistic policy, see KataGoModel), four
  // in version 16 and where version 17 says so (two predictions of values).
  KataGoConv point_out;
  // Pooled vector -> hidden layer; from version 15.
  KataGoMatrix pass_hidden;
  std::vector<float> pass_hidden_bias;
  KataGoActivation pass_activation = KataGoActivation::kRelu;
  KataGoMatrix pass_out;  // pooled vector or hidden layer -> as many logits as point_out

  bool has_pass_hidden() const { return pass_hidden.in > 0; }
};

struct KataGoValueHead {
  KataGoConv conv;  // v1
  KataGoNorm norm;
  KataGoMatrix hidden;  // pooled vector -> v2
  std::vector<float> hidden_bias;
  KataGoActivation hidden_activation = KataGoActivation::kRelu;
  KataGoMatrix outcome;  // win, loss, no result
  std::vector<float> outcome_bias;
  // Score mean, score deviation, lead, variance time; from version 9 also short-term errors of
  // value and score.
  KataGoMatrix score;
  std::vector<float> score_bias;
  KataGoConv ownership;
};

// What raw outputs are multiplied with. In the file from version 13, these values before it.
struct KataGoScales {
  double td_score = 20.0;
  double score_mean = 20.0;
  double score_deviation = 20.0;
  double lead = 20.0;
  double variance_time = 40.0;
  double short_term_value_error = 0.25;
  double short_term_score_error = 30.0;
};

struct KataGoNetwork {
  static constexpr int kFirstVersion = 8;
  static constexpr int kLastVersion = 17;

  std::string name;
  int version = 0;
  int planes = 0;   // 22 in these versions
  int globals = 0;  // 19
  KataGoScales scales;
  // Whether planes 18 and 19 are to be found as if suicide were legal (KataGoEncoder).
  bool area_with_suicide = false;

  std::string trunk_name;
  int channels = 0;       // of the trunk
  int mid_channels = 0;   // inside ordinary blocks (informative, as the next two)
  int pool_channels = 0;  // pooled ones in pooling blocks
  KataGoConv input_conv;
  KataGoMatrix input_globals;  // added to every point
  std::optional<KataGoMetadataEncoder> metadata;
  std::vector<KataGoBlock> blocks;
  KataGoNorm trunk_norm;                        // not with the next one
  std::optional<KataGoRmsNorm> trunk_rms_norm;  // in its place
  KataGoPolicyHead policy;
  KataGoValueHead value;

  KataGoActivation trunk_activation() const {
    return trunk_rms_norm ? trunk_rms_norm->activation : trunk_norm.activation;
  }
  // Weights, biases and the scales and biases of norms; means and variances do not count.
  std::int64_t ParameterCount() const;
};

// Errors name the file, the layer and what was wanted: not readable, truncated, damaged, not a
// KataGo network, a version outside 8 to 17, other inputs than 22 planes and 19 globals, layers
// whose sizes do not fit each other, options that were not in use when version 17 was, weights that
// are not finite, bytes left over.
Result<KataGoNetwork> LoadKataGoNetwork(const std::filesystem::path& path);

// The same from the inflated bytes; `origin` is named in errors.
Result<KataGoNetwork> ParseKataGoNetwork(std::string_view bytes, const std::string& origin);

// Whether the name ends as KataGo's network files do: .bin.gz, .txt.gz, .bin or .txt.
bool IsKataGoFileName(const std::filesystem::path& path);

std::string_view ActivationText(KataGoActivation activation);  // "relu"
std::string_view KindText(KataGoBlock::Kind kind);             // "nested bottleneck"

}  // namespace tengen

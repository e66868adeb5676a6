#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tengen {

// Attention between the points of single boards, for inference on the CPU in float32: what
// AttendPoints (point_attention.h) computes with LibTorch's operators, whose many small products,
// copies and turns take several times as long.
//
// For each head, with queries q and keys k turned by their points' places:
//   answer_i = sum_j softmax_j(q_i . k_j / sqrt(d)) v_j
//
// Keeps memory from board to board; not thread-safe.
class BoardAttention {
 public:
  // `cosine`, `sine` [points][width / 2]: how the pairs 2i, 2i + 1 of a head's numbers are turned.
  // REQUIRES: 2 divides width.
  BoardAttention(std::size_t points, std::size_t heads, std::size_t width,
                 std::span<const float> cosine, std::span<const float> sine);

  // query_key_value [points][3][heads][width] -> answers [points][heads][width].
  void operator()(std::span<const float> query_key_value, std::span<float> answers);

 private:
  void TurnHead(const float* query_key_value);
  void AnswerPoints(std::size_t point, float* answers);

  const std::size_t points_;
  const std::size_t padded_;  // points, up to whole vectors
  const std::size_t heads_;
  const std::size_t width_;
  const std::size_t padded_width_;
  const std::span<const float> cosine_;
  const std::span<const float> sine_;

  // Of one head.
  std::vector<float> queries_;  // [points][width], over sqrt(width)
  std::vector<float> keys_;     // [width][padded]
  std::vector<float> values_;   // [points][padded width]
  std::vector<float> weights_;  // [4][padded], of the points that are answered
};

}  // namespace tengen

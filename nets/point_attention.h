#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace tengen {

// What the attention trunk of a Model computes, for the network that learns and the one that plays.
// Boards are rows of P = rows * columns tokens of C numbers, point by point; d = C / heads.

// The places of points as rotations (Su et al. 2021, section 3.2.2, once for rows and once for
// columns): the pair 2i, 2i + 1 of a head's numbers is turned by row * f_i in the first half of
// them, by column * f_i in the second, f_i = 100^(-4i / d), i < d / 4. Products of two turned
// tokens depend on the difference of their places alone, so that one network serves boards of all
// sizes.
struct BoardRotation {
  at::Tensor cosine;  // [P, d / 2]
  at::Tensor sine;    // [P, d / 2]
};
// REQUIRES: 4 divides d. `like` gives type and device.
BoardRotation RotationOf(std::int64_t rows, std::int64_t columns, std::int64_t d,
                         const at::Tensor& like);
// x [N,heads,P,d], each token turned by its place.
at::Tensor Rotate(const at::Tensor& x, const BoardRotation& rotation);

// Queries, keys and values [N,P,3C] -> the heads' answers side by side, [N,P,C]. Queries and keys
// are turned by their places.
at::Tensor AttendPoints(const at::Tensor& query_key_value, std::int64_t heads,
                        const BoardRotation& rotation);

// The same in float32 on the CPU, board by board (board_attention.h).
at::Tensor AttendBoards(const at::Tensor& query_key_value, std::int64_t heads,
                        const BoardRotation& rotation);

// Layer normalisation (Ba et al. 2016) without a shift, in float32 inside: x [...,C], scale [C]
// float32, or undefined for ones.
at::Tensor NormTokens(const at::Tensor& x, const at::Tensor& scale);

// [N,C,H,W] -> [N,P,C], and back to a channels-last map.
at::Tensor ToTokens(const at::Tensor& map);
at::Tensor ToMap(const at::Tensor& tokens, std::int64_t rows, std::int64_t columns);

}  // namespace tengen

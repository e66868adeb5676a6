#include "nets/point_attention.h"

#include <cmath>
#include <span>
#include <string>

#include "nets/attend.h"
#include "nets/board_attention.h"

namespace tengen {
namespace {

constexpr double kNormEps = 1e-5;
// Frequencies from 1 to almost 1/100: some pairs tell neighbours apart, some the ends of a side of
// 19 points without turning once around.
constexpr double kBase = 100.0;

}  // namespace

BoardRotation RotationOf(std::int64_t rows, std::int64_t columns, std::int64_t d,
                         const at::Tensor& like) {
  const auto options = like.options().dtype(at::kFloat);
  const std::int64_t pairs = d / 4;
  const at::Tensor frequency =
      (at::arange(pairs, options) * (-std::log(kBase) / static_cast<double>(pairs))).exp();
  const at::Tensor of_row = at::outer(at::arange(rows, options), frequency).unsqueeze(1);
  const at::Tensor of_column = at::outer(at::arange(columns, options), frequency).unsqueeze(0);
  const at::Tensor angle =
      at::cat({of_row.expand({rows, columns, pairs}), of_column.expand({rows, columns, pairs})}, 2)
          .flatten(0, 1);
  return {angle.cos().to(like.scalar_type()), angle.sin().to(like.scalar_type())};
}

at::Tensor Rotate(const at::Tensor& x, const BoardRotation& rotation) {
  const at::Tensor pairs = x.view({x.size(0), x.size(1), x.size(2), x.size(3) / 2, 2});
  const at::Tensor even = pairs.select(4, 0), odd = pairs.select(4, 1);
  return at::stack({even * rotation.cosine - odd * rotation.sine,
                    even * rotation.sine + odd * rotation.cosine},
                   4)
      .flatten(3);
}

at::Tensor AttendPoints(const at::Tensor& query_key_value, std::int64_t heads,
                        const BoardRotation& rotation) {
  const std::int64_t n = query_key_value.size(0), points = query_key_value.size(1);
  const std::int64_t channels = query_key_value.size(2) / 3;
  // [3,N,heads,P,d]
  const at::Tensor parts =
      query_key_value.view({n, points, 3, heads, channels / heads}).permute({2, 0, 3, 1, 4});
  return Attend(Rotate(parts[0], rotation), Rotate(parts[1], rotation), parts[2])
      .transpose(1, 2)
      .reshape({n, points, channels});
}

at::Tensor AttendBoards(const at::Tensor& query_key_value, std::int64_t heads,
                        const BoardRotation& rotation) {
  const at::Tensor all = query_key_value.contiguous();
  const std::int64_t n = all.size(0), points = all.size(1), channels = all.size(2) / 3;
  at::Tensor answers = at::empty({n, points, channels}, all.options());
  const auto numbers = [](const at::Tensor& tensor, std::int64_t begin, std::int64_t count) {
    return std::span<float>(tensor.data_ptr<float>() + begin, static_cast<std::size_t>(count));
  };
  BoardAttention attention(static_cast<std::size_t>(points), static_cast<std::size_t>(heads),
                           static_cast<std::size_t>(channels / heads),
                           numbers(rotation.cosine, 0, rotation.cosine.numel()),
                           numbers(rotation.sine, 0, rotation.sine.numel()));
  const std::int64_t board = points * channels;
  for (std::int64_t i = 0; i < n; ++i) {
    attention(numbers(all, 3 * i * board, 3 * board), numbers(answers, i * board, board));
  }
  return answers;
}

at::Tensor NormTokens(const at::Tensor& x, const at::Tensor& scale) {
  return at::layer_norm(x.to(at::kFloat), {x.size(-1)}, scale, {}, kNormEps).to(x.scalar_type());
}

at::Tensor ToTokens(const at::Tensor& map) { return map.permute({0, 2, 3, 1}).flatten(1, 2); }

at::Tensor ToMap(const at::Tensor& tokens, std::int64_t rows, std::int64_t columns) {
  return tokens.view({tokens.size(0), rows, columns, tokens.size(2)}).permute({0, 3, 1, 2});
}

}  // namespace tengen

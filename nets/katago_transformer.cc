#include "nets/katago_transformer.h"

#include <cmath>

#include "envs/go/board.h"
#include "nets/attend.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

// [in,out] as it stands in the file, in double precision, where folding is done.
at::Tensor Double(const KataGoMatrix& matrix) {
  return at::from_blob(const_cast<float*>(matrix.weights.data()), {matrix.in, matrix.out},
                       at::kFloat)
      .to(at::kDouble);
}

at::Tensor Double(const std::vector<float>& numbers) {
  return at::from_blob(const_cast<float*>(numbers.data()),
                       {static_cast<std::int64_t>(numbers.size())}, at::kFloat)
      .to(at::kDouble);
}

// [out,in], with the scale of the norm before it.
at::Tensor Folded(const at::Tensor& matrix, const KataGoRmsNorm& norm, const LayerTarget& target) {
  return (matrix * Double(norm.scale).unsqueeze(1)).t().to(target.device, target.type).contiguous();
}

at::Tensor Put(const KataGoMatrix& matrix, const LayerTarget& target) {
  return Double(matrix).t().to(target.device, target.type).contiguous();
}

at::Tensor InverseRootMeanSquare(const at::Tensor& x, at::IntArrayRef over, double epsilon) {
  return x.square().mean(over, /*keepdim=*/true).add_(epsilon).rsqrt_();
}

// Points [N,HW,C], each divided by the root of its mean square.
at::Tensor NormedPoints(const at::Tensor& map, double epsilon) {
  const at::Tensor x =
      map.permute({0, 2, 3, 1}).reshape({map.size(0), map.size(2) * map.size(3), map.size(1)});
  return x * InverseRootMeanSquare(x, {2}, epsilon);
}

at::Tensor AsMap(const at::Tensor& points, const at::Tensor& like) {
  return points.view({like.size(0), like.size(2), like.size(3), like.size(1)})
      .permute({0, 3, 1, 2});
}

// What each pair of each head turns by at each place, [side,side,key_heads,pairs] (1 head if all
// turn alike); radians.
at::Tensor Angles(const KataGoAttention& attention) {
  constexpr std::int64_t kSide = GoBoard::kMaxSide;
  const std::int64_t pairs = attention.key_size / 2;
  const at::Tensor place = at::arange(kSide, at::kDouble);
  const at::Tensor row = place.view({kSide, 1, 1, 1});
  const at::Tensor column = place.view({1, kSide, 1, 1});
  if (attention.rotation == KataGoAttention::Rotation::kLearnt) {
    const at::Tensor frequencies =
        Double(attention.frequencies).view({attention.key_heads, pairs, 2});
    return column * frequencies.select(2, 0) + row * frequencies.select(2, 1);
  }
  // theta^(-2 i / pairs) for the i-th pair of each direction.
  const std::int64_t of_rows = pairs / 2;
  const auto frequencies = [&](std::int64_t count) {
    const at::Tensor power = at::arange(count, at::kDouble) * (-2.0 / static_cast<double>(pairs));
    return at::exp(power * std::log(attention.theta));
  };
  const at::Tensor rows = row * frequencies(of_rows);
  const at::Tensor columns = column * frequencies(pairs - of_rows);
  return at::cat({rows.expand({kSide, kSide, 1, -1}), columns.expand({kSide, kSide, 1, -1})}, 3);
}

// The rotations of the heads of queries, then of those of keys.
at::Tensor Rotations(const KataGoAttention& attention, const LayerTarget& target) {
  if (attention.rotation == KataGoAttention::Rotation::kNone) return {};
  const at::Tensor of_keys = Angles(attention).expand({-1, -1, attention.key_heads, -1});
  const at::Tensor of_queries =
      of_keys.repeat_interleave(attention.heads / attention.key_heads, /*dim=*/2);
  const at::Tensor angles = at::cat({of_queries, of_keys}, 2);
  return at::polar(at::ones_like(angles), angles)
      .to(target.device, at::toComplexType(target.type))
      .contiguous();
}

}  // namespace

RmsNormLayer::RmsNormLayer(const KataGoRmsNorm& norm, const LayerTarget& target)
    : epsilon_(norm.epsilon),
      over_(norm.over),
      scale_(Double(norm.scale).view({1, -1, 1, 1}).to(target.device, target.type)),
      shift_(Double(norm.bias).view({1, -1, 1, 1}).to(target.device, target.type)),
      activation_(norm.activation) {}

at::Tensor RmsNormLayer::operator()(const at::Tensor& map) const {
  const at::Tensor factor = over_ == KataGoRmsNorm::Over::kPoint
                                ? InverseRootMeanSquare(map, {1}, epsilon_)
                                : InverseRootMeanSquare(map, {1, 2, 3}, epsilon_);
  return Activate(at::addcmul(shift_, map * factor, scale_), activation_);
}

AttentionLayer::AttentionLayer(const KataGoAttention& attention, const LayerTarget& target)
    : heads_(attention.heads),
      key_heads_(attention.key_heads),
      key_size_(attention.key_size),
      value_size_(attention.value_size),
      epsilon_(attention.norm.epsilon),
      query_key_(Folded(at::cat({Double(attention.query), Double(attention.key)}, 1),
                        attention.norm, target)),
      value_(Folded(Double(attention.value), attention.norm, target)),
      mix_(Put(attention.mix, target)),
      rotation_(Rotations(attention, target)) {}

at::Tensor AttentionLayer::operator()(const at::Tensor& map) const {
  const std::int64_t rows = map.size(2), columns = map.size(3);
  TENGEN_CHECK(rows <= GoBoard::kMaxSide && columns <= GoBoard::kMaxSide, "a map of ", rows, "x",
               columns, ", wanted at most ", GoBoard::kMaxSide);
  const std::int64_t n = map.size(0), length = rows * columns;
  const at::Tensor x = NormedPoints(map, epsilon_);
  at::Tensor query_key = at::linear(x, query_key_);
  if (rotation_.defined()) {
    const std::int64_t pairs = key_size_ / 2;
    const at::Tensor turned =
        at::view_as_complex(query_key.view({n, rows, columns, heads_ + key_heads_, pairs, 2})) *
        rotation_.narrow(0, 0, rows).narrow(1, 0, columns);
    query_key = at::view_as_real(turned);
  }
  query_key = query_key.view({n, length, heads_ + key_heads_, key_size_}).transpose(1, 2);
  const at::Tensor q = query_key.narrow(1, 0, heads_);
  at::Tensor k = query_key.narrow(1, heads_, key_heads_);
  at::Tensor v = at::linear(x, value_).view({n, length, key_heads_, value_size_}).transpose(1, 2);
  if (heads_ != key_heads_) {
    k = k.repeat_interleave(heads_ / key_heads_, /*dim=*/1);
    v = v.repeat_interleave(heads_ / key_heads_, /*dim=*/1);
  }
  const at::Tensor heads = Attend(q, k, v).transpose(1, 2).reshape({n, length, -1});
  return AsMap(at::linear(heads, mix_), map);
}

FeedForwardLayer::FeedForwardLayer(const KataGoFeedForward& block, const LayerTarget& target)
    : epsilon_(block.norm.epsilon),
      up_gate_(Folded(at::cat({Double(block.up), Double(block.gate)}, 1), block.norm, target)),
      down_(Put(block.down, target)) {}

at::Tensor FeedForwardLayer::operator()(const at::Tensor& map) const {
  const std::vector<at::Tensor> parts =
      at::linear(NormedPoints(map, epsilon_), up_gate_).chunk(2, -1);
  return AsMap(at::linear(at::silu(parts[0]).mul_(parts[1]), down_), map);
}

}  // namespace tengen

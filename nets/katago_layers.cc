#include "nets/katago_layers.h"

#include <cmath>
#include <utility>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Numbers of a file in double precision, where folding is done.
at::Tensor Double(const std::vector<float>& numbers, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(numbers.data()), shape, at::kFloat).to(at::kDouble);
}

at::Tensor Double(const std::vector<float>& numbers) {
  return Double(numbers, {static_cast<std::int64_t>(numbers.size())});
}

at::Tensor ScaleOf(const KataGoNorm& norm) {
  return Double(norm.scale) / (Double(norm.variance) + norm.epsilon).sqrt();
}

at::Tensor ShiftOf(const KataGoNorm& norm) {
  return Double(norm.bias) - Double(norm.mean) * ScaleOf(norm);
}

at::Tensor Put(const at::Tensor& numbers, const LayerTarget& target) {
  return numbers.to(target.device, target.type).contiguous();
}

// How far the side of a square of A points is from 14, in units of ten.
double SizeFeature(const at::Tensor& map) {
  return (std::sqrt(static_cast<double>(map.size(2) * map.size(3))) - 14.0) / 10.0;
}

}  // namespace

at::Tensor Activate(at::Tensor x, KataGoActivation activation) {
  switch (activation) {
    case KataGoActivation::kIdentity:
      return x;
    case KataGoActivation::kRelu:
      return x.relu_();
    case KataGoActivation::kMish:
      return at::mish_(x);
    case KataGoActivation::kSilu:
      return at::silu_(x);
  }
  TENGEN_CHECK(false, "unknown activation");
}

NormLayer::NormLayer(const KataGoNorm& norm, const LayerTarget& target)
    : scale_(Put(ScaleOf(norm).view({1, -1, 1, 1}), target)),
      shift_(Put(ShiftOf(norm).view({1, -1, 1, 1}), target)),
      activation_(norm.activation) {}

at::Tensor NormLayer::operator()(const at::Tensor& map) const {
  return Activate(at::addcmul(shift_, map, scale_), activation_);
}

ConvLayer::ConvLayer(const KataGoConv& conv, const LayerTarget& target)
    : ConvLayer(conv, at::ones({conv.out}, at::kDouble), at::zeros({conv.out}, at::kDouble),
                KataGoActivation::kIdentity, target) {}

ConvLayer::ConvLayer(const KataGoConv& conv, const KataGoNorm& norm, const LayerTarget& target)
    : ConvLayer(conv, ScaleOf(norm), ShiftOf(norm), norm.activation, target) {}

ConvLayer::ConvLayer(const KataGoConv& conv, const at::Tensor& scale, const at::Tensor& shift,
                     KataGoActivation activation, const LayerTarget& target)
    : dilation_{conv.row_dilation, conv.column_dilation},
      padding_{conv.row_dilation * (conv.rows / 2), conv.column_dilation * (conv.columns / 2)},
      activation_(activation) {
  // [row][column][in][out] in the file, [out][in][row][column] here.
  const at::Tensor weight =
      (Double(conv.weights, {conv.rows, conv.columns, conv.in, conv.out}) * scale)
          .permute({3, 2, 0, 1});
  weight_ = Put(weight, target);
  bias_ = Put(shift, target);
  const bool plain =
      conv.rows == conv.columns && conv.row_dilation == 1 && conv.column_dilation == 1;
  if (plain && target.type == at::kFloat) {
    packed_.emplace(weight_, bias_, Activation::kNone, target.path);
  }
}

at::Tensor ConvLayer::Convolve(const at::Tensor& map) const {
  if (packed_) return (*packed_)(map);
  return at::conv2d(map, weight_, bias_, at::IntArrayRef{1, 1}, padding_, dilation_);
}

at::Tensor ConvLayer::operator()(const at::Tensor& map, const at::Tensor& bias) const {
  at::Tensor y = Convolve(map);
  if (bias.defined()) y.add_(bias.view({bias.size(0), bias.size(1), 1, 1}));
  return Activate(std::move(y), activation_);
}

MatrixLayer::MatrixLayer(const KataGoMatrix& matrix, const std::vector<float>& bias,
                         const LayerTarget& target)
    : MatrixLayer(matrix, target) {
  bias_ = Put(Double(bias), target);
}

MatrixLayer::MatrixLayer(const KataGoMatrix& matrix, const LayerTarget& target)
    : weight_(Put(Double(matrix.weights, {matrix.in, matrix.out}).t(), target)) {}

MatrixLayer::MatrixLayer(const KataGoMatrix& matrix, const KataGoNorm& norm,
                         const LayerTarget& target)
    : weight_(Put((Double(matrix.weights, {matrix.in, matrix.out}) * ScaleOf(norm)).t(), target)) {}

at::Tensor MatrixLayer::operator()(const at::Tensor& vector) const {
  return at::linear(vector, weight_, bias_);
}

at::Tensor PoolForBias(const at::Tensor& map) {
  const at::Tensor mean = map.mean({2, 3});
  return at::cat({mean, mean * SizeFeature(map), map.amax({2, 3})}, 1);
}

at::Tensor PoolForValue(const at::Tensor& map) {
  const at::Tensor mean = map.mean({2, 3});
  const double size = SizeFeature(map);
  return at::cat({mean, mean * size, mean * (size * size - 0.1)}, 1);
}

}  // namespace tengen

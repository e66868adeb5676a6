#include "nets/mlp.h"

#include <cmath>

#include <ATen/core/grad_mode.h>

#include "nets/tensor_data.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

// min(rows, columns) orthonormal vectors of the other length, from Gaussian ones by Gram-Schmidt:
// uniformly distributed among all such matrices.
at::Tensor OrthogonalMatrix(int rows, int columns, double gain, Rng& rng) {
  const bool wide = rows < columns;
  const auto count = static_cast<std::size_t>(wide ? rows : columns);
  const auto length = static_cast<std::size_t>(wide ? columns : rows);
  std::vector<std::vector<double>> vectors(count, std::vector<double>(length));
  for (std::size_t i = 0; i < count; ++i) {
    for (double& x : vectors[i]) x = rng.Normal();
    for (std::size_t j = 0; j <= i; ++j) {
      // Against the earlier ones, then with itself: its length.
      double dot = 0.0;
      for (std::size_t k = 0; k < length; ++k) dot += vectors[i][k] * vectors[j][k];
      for (std::size_t k = 0; k < length; ++k) {
        vectors[i][k] =
            j < i ? vectors[i][k] - dot * vectors[j][k] : vectors[i][k] / std::sqrt(dot);
      }
    }
  }
  at::Tensor matrix = at::empty({rows, columns});
  auto out = matrix.accessor<float, 2>();
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const auto i = static_cast<std::size_t>(wide ? r : c);
      const auto k = static_cast<std::size_t>(wide ? c : r);
      out[r][c] = static_cast<float>(gain * vectors[i][k]);
    }
  }
  return matrix;
}

at::Tensor UniformTensor(at::IntArrayRef shape, double bound, Rng& rng) {
  at::Tensor tensor = at::empty(shape);
  float* out = DataOf<float>(tensor);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    out[i] = static_cast<float>(bound * (2.0 * rng.Uniform() - 1.0));
  }
  return tensor;
}

}  // namespace

Mlp::Mlp(const MlpConfig& config, Rng& rng) : activation_(config.activation) {
  std::vector<int> widths = {config.inputs};
  widths.insert(widths.end(), config.hidden.begin(), config.hidden.end());
  widths.push_back(config.outputs);
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    const int in = widths[i];
    const int out = widths[i + 1];
    TENGEN_CHECK(in >= 1 && out >= 1, "layer ", i, " maps ", in, " to ", out);
    if (config.init == MlpInit::kOrthogonal) {
      const double gain = i + 2 == widths.size() ? config.output_gain : config.hidden_gain;
      weights_.push_back(OrthogonalMatrix(out, in, gain, rng));
      biases_.push_back(at::zeros({out}));
    } else {
      const double bound = 1.0 / std::sqrt(in);
      weights_.push_back(UniformTensor({out, in}, bound, rng));
      biases_.push_back(UniformTensor({out}, bound, rng));
    }
    weights_.back().requires_grad_();
    biases_.back().requires_grad_();
  }
}

at::Tensor Mlp::Forward(at::Tensor x) const {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    x = at::addmm(biases_[i], x, weights_[i].t());
    if (i + 1 < weights_.size()) x = Activate(activation_, x);
  }
  return x;
}

std::vector<at::Tensor> Mlp::parameters() const {
  std::vector<at::Tensor> all;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    all.push_back(weights_[i]);
    all.push_back(biases_[i]);
  }
  return all;
}

void Mlp::SaveTo(NamedTensors& out, const std::string& prefix) const {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    out[StrCat(prefix, i, ".weight")] = weights_[i].detach().clone();
    out[StrCat(prefix, i, ".bias")] = biases_[i].detach().clone();
  }
}

Status Mlp::LoadFrom(const NamedTensors& in, const std::string& prefix) {
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    for (const bool bias : {false, true}) {
      const std::string name = StrCat(prefix, i, bias ? ".bias" : ".weight");
      at::Tensor& target = bias ? biases_[i] : weights_[i];
      const auto found = in.find(name);
      if (found == in.end()) return Error{StrCat("there is no tensor ", name)};
      if (found->second.sizes() != target.sizes()) {
        return Error{
            StrCat(name, " has the shape ", found->second.sizes(), ", wanted ", target.sizes())};
      }
      target.copy_(found->second);
    }
  }
  return Ok{};
}

void Mlp::MoveTowards(const Mlp& other, double share) {
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    weights_[i].lerp_(other.weights_[i], share);
    biases_[i].lerp_(other.biases_[i], share);
  }
}

at::Tensor RowOf(std::span<const float> numbers) {
  return at::from_blob(const_cast<float*>(numbers.data()),
                       {1, static_cast<std::int64_t>(numbers.size())});
}

std::vector<float> NumbersOf(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.contiguous();
  const float* begin = DataOf<float>(dense);
  return {begin, begin + dense.numel()};
}

}  // namespace tengen

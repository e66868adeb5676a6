#include "experiments/statistics/cholesky.h"

#include <cmath>
#include <utility>

#include "envs/core/check.h"

namespace tengen {

Cholesky::Cholesky(std::vector<double> matrix, std::size_t n) : factor_(std::move(matrix)), n_(n) {
  TENGEN_CHECK(factor_.size() == n * n, factor_.size(), " numbers, wanted ", n, " squared");
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = at(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
      if (i != j) {
        at(i, j) = sum / at(j, j);
        continue;
      }
      TENGEN_CHECK(sum > 0.0, "pivot ", i, " is ", sum, ", wanted a positive definite matrix");
      at(i, i) = std::sqrt(sum);
    }
  }
}

std::vector<double> Cholesky::Solve(std::vector<double> b) const {
  TENGEN_CHECK(b.size() == n_, b.size(), " numbers, wanted ", n_);
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= at(i, k) * b[k];
    b[i] /= at(i, i);
  }
  for (std::size_t i = n_; i-- > 0;) {
    for (std::size_t k = i + 1; k < n_; ++k) b[i] -= at(k, i) * b[k];
    b[i] /= at(i, i);
  }
  return b;
}

std::vector<double> Cholesky::Inverse() const {
  std::vector<double> inverse(n_ * n_);
  for (std::size_t column = 0; column < n_; ++column) {
    std::vector<double> unit(n_, 0.0);
    unit[column] = 1.0;
    const std::vector<double> x = Solve(std::move(unit));
    for (std::size_t row = 0; row < n_; ++row) inverse[row * n_ + column] = x[row];
  }
  return inverse;
}

double Cholesky::LogDeterminant() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < n_; ++i) sum += 2.0 * std::log(at(i, i));
  return sum;
}

}  // namespace tengen

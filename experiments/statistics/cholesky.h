#pragma once

#include <cstddef>
#include <vector>

namespace tengen {

// A symmetric positive definite matrix A = L L^T by its factor L (lower triangle), for the few
// dozen unknowns of a rating list. Immutable.
class Cholesky {
 public:
  // `matrix` is A row by row, n * n numbers; the lower triangle is read.
  // REQUIRES: A is positive definite.
  Cholesky(std::vector<double> matrix, std::size_t n);

  // x of A x = b. REQUIRES: n numbers.
  std::vector<double> Solve(std::vector<double> b) const;
  // Row by row.
  std::vector<double> Inverse() const;
  // log det A.
  double LogDeterminant() const;

 private:
  double& at(std::size_t row, std::size_t column) { return factor_[row * n_ + column]; }
  double at(std::size_t row, std::size_t column) const { return factor_[row * n_ + column]; }

  std::vector<double> factor_;
  const std::size_t n_;
};

}  // namespace tengen

#pragma once

#include <cstddef>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tengen {

// Tensors of one type on one device that lie one behind the other in one vector, so that all of
// them are copied, scaled and moved by single operations. Each keeps the order of its numbers in
// memory (channels-last weights stay so). Not thread-safe.
class FlatTensors {
 public:
  // Moves the tensors into a new vector; they stay valid, as views of it, and must not be moved
  // between devices afterwards. No tensors: an empty vector.
  explicit FlatTensors(std::vector<at::Tensor> tensors);

  const at::Tensor& vector() const { return vector_; }  // [n]; changing it changes the tensors
  std::size_t size() const { return tensors_.size(); }

  // The part of another vector of the same length that belongs to tensor i, as a view of its shape.
  at::Tensor Part(const at::Tensor& vector, std::size_t i) const;
  // A copy on the CPU of such a vector, each tensor's numbers row by row, whatever their order in
  // memory: what files hold.
  at::Tensor ForFile(const at::Tensor& vector) const;
  // The other way round. REQUIRES: `saved` has vector().numel() numbers.
  void FromFile(const at::Tensor& saved, at::Tensor vector) const;

 private:
  std::vector<at::Tensor> tensors_;
  std::vector<std::int64_t> offsets_;
  bool row_by_row_ = true;  // no tensor has another order
  at::Tensor vector_;
};

}  // namespace tengen

#include "nets/flat_tensors.h"

#include <utility>

#include "envs/core/check.h"
#include "nets/torch_compat.h"

namespace tengen {

FlatTensors::FlatTensors(std::vector<at::Tensor> tensors) : tensors_(std::move(tensors)) {
  const at::NoGradGuard no_grad;
  std::int64_t length = 0;
  for (at::Tensor& tensor : tensors_) {
    if (!tensor.is_non_overlapping_and_dense()) tensor.set_data(tensor.detach().contiguous());
    row_by_row_ = row_by_row_ && tensor.is_contiguous();
    offsets_.push_back(length);
    length += tensor.numel();
  }
  vector_ =
      tensors_.empty() ? at::empty({0}) : at::empty({length}, tensors_.front().detach().options());
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    const at::Tensor place = Part(vector_, i);
    place.copy_(tensors_[i].detach());
    tensors_[i].set_data(place);
  }
}

at::Tensor FlatTensors::Part(const at::Tensor& vector, std::size_t i) const {
  const at::Tensor& tensor = tensors_[i];
  return vector.as_strided(tensor.sizes(), tensor.strides(), vector.storage_offset() + offsets_[i]);
}

at::Tensor FlatTensors::ForFile(const at::Tensor& vector) const {
  if (row_by_row_) return vector.detach().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  std::vector<at::Tensor> rows;
  for (std::size_t i = 0; i < size(); ++i) rows.push_back(Part(vector, i).detach().reshape({-1}));
  return at::cat(rows).to(at::kCPU);
}

void FlatTensors::FromFile(const at::Tensor& saved, at::Tensor vector) const {
  TENGEN_CHECK(saved.numel() == vector.numel(), saved.numel(), " numbers for ", vector.numel());
  const at::NoGradGuard no_grad;
  const at::Tensor row = saved.reshape({-1});
  for (std::size_t i = 0; i < size(); ++i) {
    at::Tensor part = Part(vector, i);
    part.copy_(row.narrow(0, offsets_[i], part.numel()).view(part.sizes()));
  }
}

}  // namespace tengen

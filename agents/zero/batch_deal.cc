#include "agents/zero/batch_deal.h"

#include <numeric>

#include "envs/core/check.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr std::int64_t kMostDims = 4;

// Number of tensors, then for each its number of dimensions and those, with N / size for N.
at::Tensor Shapes(const Batch& batch, int size) {
  std::vector<std::int64_t> numbers = {static_cast<std::int64_t>(batch.size())};
  for (const at::Tensor& tensor : batch) {
    TENGEN_CHECK(tensor.size(0) % size == 0, tensor.size(0), " rows for ", size, " ranks");
    TENGEN_CHECK(tensor.dim() <= kMostDims, tensor.dim(), " dimensions");
    numbers.push_back(tensor.dim());
    numbers.push_back(tensor.size(0) / size);
    for (std::int64_t i = 1; i < kMostDims; ++i) {
      numbers.push_back(i < tensor.dim() ? tensor.size(i) : 1);
    }
  }
  return at::tensor(numbers, at::kLong);
}

std::vector<std::int64_t> ShapeOf(const std::int64_t* numbers) {
  return {numbers + 1, numbers + 1 + numbers[0]};
}

}  // namespace

void GiveOrder(RankTeam& team, TeamOrder order) {
  team.Broadcast(at::full({1}, static_cast<std::int64_t>(order), at::kLong));
}

TeamOrder AwaitOrder(RankTeam& team) {
  const at::Tensor order = at::empty({1}, at::kLong);
  team.Broadcast(order);
  return static_cast<TeamOrder>(order.item<std::int64_t>());
}

Batch DealBatch(RankTeam& team, const Batch& batch) {
  const int size = team.place().size;
  at::Tensor count = at::zeros({1}, at::kLong);
  at::Tensor shapes;
  at::Tensor rows;
  if (team.leads()) {
    shapes = Shapes(batch, size);
    count.fill_(shapes.numel());
    std::vector<at::Tensor> parts;
    for (const at::Tensor& tensor : batch) {
      parts.push_back(tensor.reshape({size, tensor.numel() / size}));
    }
    rows = at::cat(parts, 1);
  }
  team.Broadcast(count);
  if (!team.leads()) shapes = at::empty({count.item<std::int64_t>()}, at::kLong);
  team.Broadcast(shapes);

  const std::int64_t* numbers = shapes.data_ptr<std::int64_t>();
  const std::int64_t tensors = *numbers++;
  Batch own;
  std::int64_t length = 0;
  for (std::int64_t i = 0; i < tensors; ++i, numbers += 1 + kMostDims) {
    own.push_back(at::empty(ShapeOf(numbers)));
    length += own.back().numel();
  }
  const at::Tensor row = at::empty({length});
  team.Scatter(rows, row);
  std::int64_t offset = 0;
  for (at::Tensor& tensor : own) {
    const std::int64_t numel = tensor.numel();
    tensor = row.narrow(0, offset, numel).view(tensor.sizes());
    offset += numel;
  }
  return own;
}

std::vector<float> WeightShares(std::span<const float> weights, int size) {
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<float> shares(static_cast<std::size_t>(size), 1.0F);
  if (!(all > 0.0)) return shares;
  const std::size_t part = weights.size() / shares.size();
  for (std::size_t r = 0; r < shares.size(); ++r) {
    const auto own = weights.subspan(r * part, part);
    shares[r] = static_cast<float>(size * std::accumulate(own.begin(), own.end(), 0.0) / all);
  }
  return shares;
}

}  // namespace tengen

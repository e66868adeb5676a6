#include "nets/data_source.h"

#include <numeric>
#include <utility>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Random streams of a source: its order by epoch, and beside it what else it draws.
constexpr std::uint64_t kDraws = std::uint64_t{1} << 62;

Result<at::Tensor> Find(const NamedTensors& state, const char* name, std::int64_t size) {
  const auto found = state.find(name);
  if (found == state.end()) return Error{StrCat("data source state has no ", name)};
  if (found->second.numel() != size || found->second.scalar_type() != at::kLong) {
    return Error{StrCat("data source state ", name, " is ", found->second.toString(), " ",
                        found->second.sizes(), ", wanted ", size, " whole numbers")};
  }
  return found->second;
}

}  // namespace

at::Tensor RngTensor(const Rng& rng) {
  at::Tensor tensor = at::empty({4}, at::kLong);
  for (std::size_t i = 0; i < 4; ++i) {
    tensor.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(rng.state()[i]);
  }
  return tensor;
}

Status LoadRng(const NamedTensors& state, const char* name, Rng& rng) {
  const auto found = Find(state, name, 4);
  if (!found) return Error{found.error()};
  Rng::State words = {};
  for (std::size_t i = 0; i < 4; ++i) {
    words[i] = static_cast<std::uint64_t>(found->data_ptr<std::int64_t>()[i]);
  }
  rng = Rng(words);
  return Ok{};
}

ShuffledSource::ShuffledSource(std::vector<at::Tensor> examples, std::int64_t batch_size,
                               std::uint64_t seed, Augmentation augmentation)
    : examples_(std::move(examples)),
      batch_size_(batch_size),
      seed_(seed),
      augmentation_(std::move(augmentation)),
      rng_(seed, RngRole::kLearner, kDraws) {
  TENGEN_CHECK(!examples_.empty(), "a source without tensors");
  const std::int64_t length = examples_.front().size(0);
  for (const at::Tensor& tensor : examples_) {
    TENGEN_CHECK(tensor.size(0) == length, tensor.size(0), " examples beside ", length);
  }
  TENGEN_CHECK(batch_size >= 1 && batch_size <= length, "batches of ", batch_size, " of ", length);
  BeginEpoch();
}

void ShuffledSource::BeginEpoch() {
  ++epoch_;
  place_ = 0;
  const std::int64_t length = examples_.front().size(0);
  order_ = at::empty({length}, at::kLong);
  const std::span<std::int64_t> order(order_.data_ptr<std::int64_t>(),
                                      static_cast<std::size_t>(length));
  std::iota(order.begin(), order.end(), 0);
  Rng rng(seed_, RngRole::kLearner, static_cast<std::uint64_t>(epoch_));
  rng.Shuffle(order);
}

double ShuffledSource::epochs() const {
  return static_cast<double>(epoch_) +
         static_cast<double>(place_) / static_cast<double>(order_.numel());
}

Batch ShuffledSource::Next() {
  Batch batch;
  if (batch_size_ == order_.numel()) {
    ++epoch_;
    for (const at::Tensor& tensor : examples_) batch.push_back(tensor.clone());
  } else {
    std::vector<at::Tensor> rows;
    for (std::int64_t left = batch_size_; left > 0;) {
      if (place_ == order_.numel()) BeginEpoch();
      const std::int64_t count = std::min(left, order_.numel() - place_);
      rows.push_back(order_.narrow(0, place_, count));
      place_ += count;
      left -= count;
    }
    const at::Tensor picked = at::cat(rows);
    for (const at::Tensor& tensor : examples_) {
      batch.push_back(tensor.index_select(0, picked.to(tensor.device())));
    }
  }
  if (augmentation_) augmentation_(batch, rng_);
  return batch;
}

NamedTensors ShuffledSource::State() const {
  return {{"place", at::tensor({epoch_, place_}, at::kLong)}, {"rng", RngTensor(rng_)}};
}

Status ShuffledSource::Load(const NamedTensors& state) {
  const auto place = Find(state, "place", 2);
  if (!place) return Error{place.error()};
  const std::int64_t* numbers = place->data_ptr<std::int64_t>();
  if (numbers[0] < 0 || numbers[1] < 0 || numbers[1] > order_.numel()) {
    return Error{StrCat("data source state place is ", numbers[0], ", ", numbers[1],
                        ", wanted an epoch and a place of at most ", order_.numel())};
  }
  if (const Status loaded = LoadRng(state, "rng", rng_); !loaded) return loaded;
  epoch_ = numbers[0] - 1;
  BeginEpoch();
  place_ = numbers[1];
  return Ok{};
}

WindowSource::WindowSource(at::Tensor symbols, std::int64_t length, std::int64_t batch_size,
                           std::uint64_t seed)
    : symbols_(std::move(symbols)),
      length_(length),
      batch_size_(batch_size),
      rng_(seed, RngRole::kLearner, kDraws) {
  TENGEN_CHECK(length >= 1 && symbols_.numel() > length, symbols_.numel(),
               " symbols for stretches of ", length);
  TENGEN_CHECK(batch_size >= 1, "batches of ", batch_size);
}

Batch WindowSource::Next() {
  std::vector<at::Tensor> inputs, targets;
  const auto places = static_cast<std::uint32_t>(symbols_.numel() - length_);
  for (std::int64_t i = 0; i < batch_size_; ++i) {
    const std::int64_t place = rng_.Below(places);
    inputs.push_back(symbols_.narrow(0, place, length_));
    targets.push_back(symbols_.narrow(0, place + 1, length_));
  }
  return {at::stack(inputs), at::stack(targets)};
}

NamedTensors WindowSource::State() const { return {{"rng", RngTensor(rng_)}}; }

Status WindowSource::Load(const NamedTensors& state) { return LoadRng(state, "rng", rng_); }

}  // namespace tengen

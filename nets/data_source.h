#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "envs/core/rng.h"
#include "nets/safetensors.h"

namespace tengen {

// Tensors of one batch, in an order that the loss function knows.
using Batch = std::vector<at::Tensor>;

// Where a trainer's batches come from. Not thread-safe.
class DataSource {
 public:
  virtual ~DataSource() = default;
  // The next batch.
  virtual Batch Next() = 0;
  // The place in the data: a source of the same data that loads it gives the same batches from
  // there on. Errors: a tensor missing or of another size.
  virtual NamedTensors State() const = 0;
  virtual Status Load(const NamedTensors& state) = 0;
};

// Changes a batch that was drawn, such as by shifting its images.
using Augmentation = std::function<void(Batch& batch, Rng& rng)>;

// Examples in memory, each once in an epoch, in an order that is drawn anew for every epoch; a last
// batch of an epoch that is not full goes on with the next epoch, so that all are of one size. A
// batch of as many examples as there are is all of them, in their own order.
class ShuffledSource : public DataSource {
 public:
  // Tensors of one length along their first dimension, on the CPU or where the batches are wanted.
  // REQUIRES: 1 <= batch_size <= length.
  ShuffledSource(std::vector<at::Tensor> examples, std::int64_t batch_size, std::uint64_t seed,
                 Augmentation augmentation = nullptr);

  Batch Next() override;
  NamedTensors State() const override;
  Status Load(const NamedTensors& state) override;

  // Examples given so far, over the number of examples.
  double epochs() const;

 private:
  void BeginEpoch();

  std::vector<at::Tensor> examples_;
  std::int64_t batch_size_;
  std::uint64_t seed_;
  Augmentation augmentation_;
  std::int64_t epoch_ = -1;
  std::int64_t place_ = 0;  // in order_
  at::Tensor order_;        // [n] int64: a function of seed and epoch
  Rng rng_;                 // of the augmentation
};

// Stretches of `length + 1` neighbouring symbols from random places of a long row: inputs [n,
// length] are all but the last of each, targets [n, length] all but the first.
class WindowSource : public DataSource {
 public:
  // symbols [N] int64. REQUIRES: N > length >= 1, batch_size >= 1.
  WindowSource(at::Tensor symbols, std::int64_t length, std::int64_t batch_size,
               std::uint64_t seed);

  Batch Next() override;
  NamedTensors State() const override;
  Status Load(const NamedTensors& state) override;

 private:
  at::Tensor symbols_;
  std::int64_t length_;
  std::int64_t batch_size_;
  Rng rng_;
};

// An Rng's state as a tensor [4] int64, and back.
at::Tensor RngTensor(const Rng& rng);
Status LoadRng(const NamedTensors& state, const char* name, Rng& rng);

}  // namespace tengen

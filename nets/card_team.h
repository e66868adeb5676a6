#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/util/intrusive_ptr.h>

namespace c10d {
class Store;
}

namespace tengen {

// Whether no two ranks compute on the same card; an empty name is a rank without one.
bool CardsDiffer(const std::vector<std::string>& cards);

// Sums over the ranks of a RankTeam between their GPUs, by LibTorch's c10d with NCCL. Not
// thread-safe.
class CardTeam {
 public:
  // Null, on every rank: this program has no NCCL, or two ranks share a card, which NCCL refuses.
  // Every rank makes the call at the same time, with a tensor on its card. `silence`: how long a
  // sum waits for the others. Throws what c10d throws.
  static std::unique_ptr<CardTeam> Meet(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                        int size, const at::Tensor& on_card,
                                        std::chrono::milliseconds silence);
  virtual ~CardTeam() = default;

  // Replaces a vector on the card by its sum over the ranks, which has happened when this returns.
  // Throws what c10d throws, where a rank is lost.
  virtual void Sum(at::Tensor vector) = 0;
};

}  // namespace tengen

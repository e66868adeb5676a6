#include "envs/go/position_history.h"

#include <algorithm>

namespace tengen {

PositionHistory::PositionHistory(int expected) {
  // About ten bits of filter per key.
  std::uint32_t words = 1;
  while (words < kMaxWords && words * 64 < static_cast<std::uint32_t>(10 * expected)) words *= 2;
  word_mask_ = words - 1;
  std::fill_n(filter_.data(), words, 0);
}

void PositionHistory::CopyUsed(const PositionHistory& other) {
  count_ = other.count_;
  word_mask_ = other.word_mask_;
  std::copy_n(other.filter_.data(), word_mask_ + 1, filter_.data());
  std::copy_n(other.keys_.data(), count_, keys_.data());
}

bool PositionHistory::Scan(std::uint64_t key) const {
  // No early exit: the compiler turns this into vector compares.
  bool found = false;
  for (int i = 0; i < count_; ++i) found |= keys_[static_cast<std::size_t>(i)] == key;
  return found;
}

}  // namespace tengen

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tengen {

// The keys of the positions of one game, for superko. Flat, at most `kCapacity` keys; copies move
// only what is used. A Bloom filter (Bloom 1970) with two bits per key stands before the exact
// scan.
class PositionHistory {
 public:
  static constexpr int kCapacity = 3 * 361 + 1;

  // `expected` keys or fewer keep the filter sparse; more are still exact.
  explicit PositionHistory(int expected);
  PositionHistory(const PositionHistory& other) { CopyUsed(other); }
  PositionHistory& operator=(const PositionHistory& other) {
    CopyUsed(other);
    return *this;
  }

  int size() const { return count_; }

  // REQUIRES: size() < kCapacity.
  void Add(std::uint64_t key) {
    keys_[static_cast<std::size_t>(count_++)] = key;
    filter_[Word(key)] |= Bits(key);
  }

  bool Contains(std::uint64_t key) const {
    const std::uint64_t bits = Bits(key);
    return (filter_[Word(key)] & bits) == bits && Scan(key);
  }

 private:
  static constexpr int kMaxWords = 64;

  // Both bits lie in one word, so that a test costs one load.
  std::size_t Word(std::uint64_t key) const { return (key >> 12) & word_mask_; }
  static std::uint64_t Bits(std::uint64_t key) {
    return (std::uint64_t{1} << (key & 63)) | (std::uint64_t{1} << ((key >> 6) & 63));
  }
  bool Scan(std::uint64_t key) const;
  void CopyUsed(const PositionHistory& other);

  int count_ = 0;
  std::uint32_t word_mask_ = 0;  // words used - 1, a power of two less one
  std::array<std::uint64_t, kMaxWords> filter_;
  std::array<std::uint64_t, kCapacity> keys_;
};

}  // namespace tengen

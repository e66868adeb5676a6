#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace tengen {

// A set of game numbers, kept as stretches: games are numbered in turn, so that millions of them
// take no more memory than the few that are missing between them. Not thread-safe.
class StreamSet {
 public:
  // False if it was inside.
  bool Add(std::uint64_t stream) { return AddRange(stream, stream) > 0; }
  // Both ends belong to it. How many were not inside before. REQUIRES: first <= last.
  std::uint64_t AddRange(std::uint64_t first, std::uint64_t last);
  bool Contains(std::uint64_t stream) const;

  std::uint64_t size() const { return size_; }
  std::size_t stretches() const { return last_of_.size(); }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges() const {
    return {last_of_.begin(), last_of_.end()};
  }

 private:
  std::map<std::uint64_t, std::uint64_t> last_of_;  // first -> last; neither overlap nor touch
  std::uint64_t size_ = 0;
};

}  // namespace tengen

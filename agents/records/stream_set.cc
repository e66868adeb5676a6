#include "agents/records/stream_set.h"

#include <algorithm>
#include <iterator>

namespace tengen {

std::uint64_t StreamSet::AddRange(std::uint64_t first, std::uint64_t last) {
  const std::uint64_t wanted = last - first + 1;
  std::uint64_t present = 0;
  auto next = last_of_.upper_bound(first);
  if (next != last_of_.begin()) {
    const auto before = std::prev(next);
    if (before->second >= first || before->second + 1 == first) next = before;
  }
  std::uint64_t begin = first;
  std::uint64_t end = last;
  while (next != last_of_.end() && (end + 1 == 0 || next->first <= end + 1)) {
    const std::uint64_t low = std::max(first, next->first);
    const std::uint64_t high = std::min(last, next->second);
    if (low <= high) present += high - low + 1;
    begin = std::min(begin, next->first);
    end = std::max(end, next->second);
    next = last_of_.erase(next);
  }
  last_of_[begin] = end;
  size_ += wanted - present;
  return wanted - present;
}

bool StreamSet::Contains(std::uint64_t stream) const {
  const auto next = last_of_.upper_bound(stream);
  return next != last_of_.begin() && std::prev(next)->second >= stream;
}

}  // namespace tengen

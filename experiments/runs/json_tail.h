#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tengen {

// Follows a file of JSON lines that another process appends to. A last line without its end is left
// for later; lines that are not JSON are counted and passed over. Not thread-safe.
class JsonTail {
 public:
  enum class News {
    kNone,
    kMore,      // whole lines came
    kReplaced,  // another file is there, or this one was cut: what was read before is void
    kGone,      // it cannot be opened; what comes back is read from its beginning
  };

  explicit JsonTail(std::filesystem::path file) : file_(std::move(file)) {}

  // Replaces `lines` by those that came since the last call, about `bytes` of them at most.
  News Read(std::size_t bytes, std::vector<nlohmann::json>& lines);
  // Whether the last Read left whole lines for the next one.
  bool more() const { return more_; }
  std::int64_t bad_lines() const { return bad_lines_; }

 private:
  const std::filesystem::path file_;
  std::uint64_t inode_ = 0;
  std::int64_t offset_ = 0;  // behind the last whole line that was read
  bool more_ = false;
  std::int64_t bad_lines_ = 0;
};

}  // namespace tengen

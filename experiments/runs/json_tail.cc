#include "experiments/runs/json_tail.h"

#include <algorithm>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace tengen {
namespace {

// Whole lines from `offset` on: at least one if there is one, else about `bytes` at most.
std::string ReadLines(int file, std::int64_t offset, std::int64_t size, std::size_t bytes) {
  for (;; bytes *= 2) {
    const std::int64_t left = std::max<std::int64_t>(0, size - offset);
    std::string text(std::min(bytes, static_cast<std::size_t>(left)), '\0');
    const ssize_t got = ::pread(file, text.data(), text.size(), offset);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const std::size_t end = text.rfind('\n');
    if (end != std::string::npos) {
      text.resize(end + 1);
      return text;
    }
    if (static_cast<std::int64_t>(text.size()) >= left || got <= 0) return {};
  }
}

}  // namespace

JsonTail::News JsonTail::Read(std::size_t bytes, std::vector<nlohmann::json>& lines) {
  lines.clear();
  more_ = false;
  const int file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts = {};
  if (file < 0 || ::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    if (file >= 0) ::close(file);
    inode_ = 0;
    return News::kGone;
  }
  const bool replaced = inode_ != facts.st_ino || facts.st_size < offset_;
  const bool first = inode_ == 0 && offset_ == 0;
  if (replaced) offset_ = bad_lines_ = 0;
  inode_ = facts.st_ino;
  const std::string text = ReadLines(file, offset_, facts.st_size, std::max<std::size_t>(bytes, 1));
  ::close(file);
  offset_ += static_cast<std::int64_t>(text.size());
  more_ = !text.empty() && offset_ < facts.st_size;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    nlohmann::json json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (json.is_object()) {
      lines.push_back(std::move(json));
    } else {
      ++bad_lines_;
    }
  }
  if (replaced && !first) return News::kReplaced;
  return lines.empty() ? News::kNone : News::kMore;
}

}  // namespace tengen

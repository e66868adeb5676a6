#include "experiments/files/line_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace tengen {

void LineReader::Read() {
  std::array<char, 1 << 14> bytes;
  const ssize_t count = ::read(descriptor_, bytes.data(), bytes.size());
  if (count < 0 && errno == EINTR) return;
  if (count <= 0) {
    end_ = true;
    return;
  }
  Append({bytes.data(), static_cast<std::size_t>(count)});
}

// Cuts lines where they arrive, so that an endless one takes no memory.
void LineReader::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view part = bytes.substr(0, newline);
    const std::size_t room = kMaxLine - (buffer_.size() - line_start_);
    buffer_.append(part.substr(0, room));
    bytes.remove_prefix(part.size());
    if (newline == std::string_view::npos) return;
    buffer_ += '\n';
    bytes.remove_prefix(1);
    line_start_ = buffer_.size();
  }
}

std::optional<std::string> LineReader::Next() {
  while (line_start_ == 0 && !end_) Read();
  if (buffer_.empty()) return std::nullopt;
  const std::size_t end = std::min(buffer_.find('\n'), buffer_.size());
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  line_start_ -= std::min(line_start_, end + 1);
  return line;
}

bool LineReader::Waiting() {
  while (line_start_ == 0 && !end_) {
    pollfd input = {descriptor_, POLLIN, 0};
    if (::poll(&input, 1, 0) <= 0) return false;
    Read();
  }
  return true;
}

}  // namespace tengen

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
  while (line_start_ == begin_ && !end_) Read();
  if (buffer_.size() == begin_) return std::nullopt;
  const std::size_t end = std::min(buffer_.find('\n', begin_), buffer_.size());
  std::string line = buffer_.substr(begin_, end - begin_);
  begin_ = std::min(end + 1, buffer_.size());
  line_start_ = std::max(line_start_, begin_);
  // Seldom, so that many lines that wait are not moved for each of them.
  if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    line_start_ -= begin_;
    begin_ = 0;
  }
  return line;
}

bool LineReader::Waiting() {
  while (line_start_ == begin_ && !end_) {
    pollfd input = {descriptor_, POLLIN, 0};
    if (::poll(&input, 1, 0) <= 0) return false;
    Read();
  }
  return true;
}

bool LineReader::WaitingFor(std::string_view line) {
  if (!Waiting()) return false;
  const std::size_t end = std::min(buffer_.find('\n', begin_), buffer_.size());
  std::string_view next = std::string_view(buffer_).substr(begin_, end - begin_);
  if (next.ends_with('\r')) next.remove_suffix(1);
  return next == line;
}

}  // namespace tengen

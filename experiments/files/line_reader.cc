#include "experiments/files/line_reader.h"

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
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  if (buffer_.size() > kMaxLine && buffer_.find('\n') == std::string::npos) {
    buffer_.resize(kMaxLine);
  }
}

std::optional<std::string> LineReader::Next() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos && !end_) Read();
  if (buffer_.empty()) return std::nullopt;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end == std::string::npos ? buffer_.size() : end + 1);
  return line;
}

bool LineReader::Waiting() {
  while (buffer_.find('\n') == std::string::npos && !end_) {
    pollfd input = {descriptor_, POLLIN, 0};
    if (::poll(&input, 1, 0) <= 0) return false;
    Read();
  }
  return true;
}

}  // namespace tengen

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tengen {

// Lines of a stream that can tell, without waiting, whether the next one is there. Not thread-safe.
class LineReader {
 public:
  // Reads from a file descriptor, which stays open.
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}

  // The next line without its end; waits for it. Text before the end of the stream is a line too.
  // Nothing at the end. Of a line longer than kMaxLine bytes the rest is dropped.
  std::optional<std::string> Next();
  // Whether Next() would return at once.
  bool Waiting();
  // Whether that line is this one.
  bool WaitingFor(std::string_view line);

  static constexpr std::size_t kMaxLine = 1 << 20;

 private:
  void Read();
  void Append(std::string_view bytes);

  const int descriptor_;
  std::string buffer_;          // whole lines, then the one that is still being read
  std::size_t begin_ = 0;       // of the first line that nobody has had
  std::size_t line_start_ = 0;  // of the one that is still being read
  bool end_ = false;
};

}  // namespace tengen

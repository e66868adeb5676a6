#include "nets/gzip_file.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <zlib.h>

namespace tengen {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzipHandle = std::unique_ptr<gzFile_s, CloseGzip>;

}  // namespace

Result<std::string> ReadGzipFile(const std::filesystem::path& path, std::size_t max_bytes) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(path, unreadable)) {
    return Error{StrCat(path, " is a folder, wanted a file")};
  }
  errno = 0;
  const GzipHandle file(gzopen(path.c_str(), "rb"));
  if (!file) {
    return Error{StrCat(path, ": cannot be opened, wanted a readable file: ",
                        errno == 0 ? "out of memory" : std::strerror(errno))};
  }
  std::string content;
  while (true) {
    const std::size_t used = content.size();
    content.resize(used + kChunk);
    const int count = gzread(file.get(), content.data() + used, kChunk);
    content.resize(used + (count > 0 ? static_cast<std::size_t>(count) : 0));
    int code = Z_OK;
    const char* message = gzerror(file.get(), &code);
    if (code == Z_BUF_ERROR) {
      return Error{StrCat(path, ": ends after ", content.size(),
                          " inflated bytes in the middle of its gzip stream, wanted a whole file")};
    }
    if (count < 0 || code != Z_OK) {
      return Error{StrCat(path, ": ", message, " after ", content.size(), " inflated bytes")};
    }
    if (content.size() > max_bytes) {
      return Error{StrCat(path, ": inflates to more than ", max_bytes, " bytes, wanted less")};
    }
    if (count == 0) return content;
  }
}

std::string ReadGzipStart(const std::filesystem::path& path, std::size_t bytes) {
  std::error_code unreadable;
  if (!std::filesystem::is_regular_file(path, unreadable)) return "";
  const GzipHandle file(gzopen(path.c_str(), "rb"));
  if (!file) return "";
  std::string start(bytes, '\0');
  const int count = gzread(file.get(), start.data(), static_cast<unsigned>(bytes));
  start.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return start;
}

}  // namespace tengen

#include "nets/atomic_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace tengen {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void Fail(std::string_view doing, const fs::path& path, int error) {
  throw WorldError(StrCat(doing, " ", path.string(), ": ", std::strerror(error)));
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (fd_ < 0) Fail("cannot open", path, errno);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  // 0, or the errno of what went wrong.
  int WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Sync();
  }
  int Sync() const { return ::fsync(fd_) == 0 ? 0 : errno; }

 private:
  int fd_;
};

}  // namespace

Result<std::string> ReadWholeFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{StrCat("cannot open ", path.string(), ": ", std::strerror(errno))};
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) return Error{StrCat("cannot read ", path.string())};
  return bytes;
}

void WriteFileSynced(const fs::path& path, std::string_view bytes) {
  const int error = Descriptor(path, O_WRONLY | O_CREAT | O_TRUNC).WriteAll(bytes);
  if (error != 0) {
    std::error_code ignored;
    fs::remove(path, ignored);
    Fail("cannot write", path, error);
  }
}

void WriteFileAtomically(const fs::path& path, std::string_view bytes) {
  const fs::path beside = path.string() + ".tmp";
  WriteFileSynced(beside, bytes);
  std::error_code error;
  fs::rename(beside, path, error);
  if (error) Fail("cannot rename to", path, error.value());
  SyncFolder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void SyncFolder(const fs::path& folder) {
  const int error = Descriptor(folder, O_RDONLY | O_DIRECTORY).Sync();
  if (error != 0 && error != EINVAL) Fail("cannot sync", folder, error);
}

}  // namespace tengen

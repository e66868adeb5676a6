#include "nets/atomic_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

#include "nets/write_error.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void Fail(std::string_view doing, const fs::path& path, int error) {
  ThrowWriteError(StrCat(doing, " ", path.string()), error);
}

// A file descriptor that closes itself. Its functions return 0 or an errno.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)), error_(fd_ < 0 ? errno : 0) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int error() const { return error_; }  // of opening it
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
  const int fd_;
  const int error_;
};

// 0, or the errno of what went wrong; then no file is left behind.
int TryWriteSynced(const fs::path& path, std::string_view bytes) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.error() != 0) return file.error();
  const int error = file.WriteAll(bytes);
  std::error_code ignored;
  if (error != 0) fs::remove(path, ignored);
  return error;
}

}  // namespace

Result<std::string> ReadWholeFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{StrCat("cannot open ", path.string(), ": ", std::strerror(errno))};
  // It opens, and its first byte would throw.
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return Error{StrCat("cannot read ", path.string(), ": ", std::strerror(EISDIR))};
  }
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) return Error{StrCat("cannot read ", path.string())};
  return bytes;
}

void WriteFileSynced(const fs::path& path, std::string_view bytes) {
  const int error = TryWriteSynced(path, bytes);
  if (error != 0) Fail("cannot write", path, error);
}

void WriteFileAtomically(const fs::path& path, std::string_view bytes) {
  const fs::path beside = path.string() + ".tmp";
  if (const int error = TryWriteSynced(beside, bytes); error != 0)
    Fail("cannot write", path, error);
  std::error_code error;
  fs::rename(beside, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    Fail("cannot write", path, error.value());
  }
  SyncFolder(path.parent_path());
}

void SyncFolder(const fs::path& folder) {
  const Descriptor opened(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY);
  if (opened.error() != 0) Fail("cannot open", folder, opened.error());
  const int error = opened.Sync();
  // EINVAL: a file system that has nothing to sync.
  if (error != 0 && error != EINVAL) Fail("cannot sync", folder, error);
}

}  // namespace tengen

#include "experiments/cluster/worker_key.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "envs/core/check.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kRunDigits = 16;
constexpr std::size_t kSecretDigits = 64;

bool IsHex(std::string_view text) {
  return text.find_first_not_of(kDigits) == std::string_view::npos;
}

// The mode is there before the first byte is.
void MakeKeyFile(const std::filesystem::path& file, const std::string& text) {
  const std::string fresh = file.string() + ".new";
  ::unlink(fresh.c_str());
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  errno = descriptor >= 0 ? ENOSPC : errno;  // what a write means that is cut short
  bool whole = descriptor >= 0 &&
               ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  whole = whole && ::fsync(descriptor) == 0;
  const int code = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!whole || ::rename(fresh.c_str(), file.c_str()) != 0) {
    throw WorldError(StrCat("cannot write ", file, ": ", std::strerror(whole ? errno : code)));
  }
  SyncFolder(file.parent_path());
}

}  // namespace

std::string RandomHex(int bytes) {
  std::vector<unsigned char> random(static_cast<std::size_t>(bytes));
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    throw WorldError(StrCat("the system gives no random bytes: ", std::strerror(errno)));
  }
  std::string text;
  for (const unsigned char byte : random) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

WorkerKey OpenWorkerKey(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "worker.key";
  if (!std::filesystem::exists(file)) {
    MakeKeyFile(file, RandomHex(kRunDigits / 2) + ":" + RandomHex(kSecretDigits / 2) + "\n");
  }
  Result<WorkerKey> key = ReadWorkerKey(file);
  if (!key) throw WorldError(key.error());
  return *key;
}

Result<WorkerKey> ReadWorkerKey(const std::filesystem::path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) {
    return Error{StrCat("cannot read the key file ", file, ": ", std::strerror(errno))};
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{StrCat("the key file ", file, " is a folder or a device, wanted a file")};
  }
  if ((status.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777);
    return Error{StrCat("the key file ", file, " has mode ", mode,
                        ", so that others can read it, wanted 0600 (chmod 600)")};
  }
  const Result<std::string> bytes = ReadWholeFile(file);
  if (!bytes) return Error{bytes.error()};
  std::string_view text = *bytes;
  if (text.ends_with('\n')) text.remove_suffix(1);
  const std::string_view run = text.substr(0, text.find(':'));
  const std::string_view secret = run.size() < text.size() ? text.substr(run.size() + 1) : "";
  if (run.size() != kRunDigits || secret.size() != kSecretDigits || !IsHex(run) || !IsHex(secret)) {
    return Error{StrCat("the key file ", file, " is not one, wanted a line of ", kRunDigits,
                        " hexadecimal digits, a colon and ", kSecretDigits,
                        " more, as the learner writes it to RUN/worker.key")};
  }
  WorkerKey key = {std::string(run), {}};
  for (std::size_t i = 0; i < key.secret.size(); ++i) {
    key.secret[i] = static_cast<unsigned char>(kDigits.find(secret[2 * i]) * 16 +
                                               kDigits.find(secret[2 * i + 1]));
  }
  return key;
}

}  // namespace tengen

#include "nets/folder_swap.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>

#include "nets/atomic_file.h"
#include "nets/write_error.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

int Exchange(const fs::path& a, const fs::path& b) {
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0 ? 0 : errno;
}

int Rename(const fs::path& from, const fs::path& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

// ENOSYS is an old kernel, the others are file systems without the flag.
bool CannotExchange(int error) {
  return error == EINVAL || error == ENOSYS || error == ENOTSUP || error == EOPNOTSUPP;
}

void Check(int error, const fs::path& from, const fs::path& to) {
  if (error == 0) return;
  ThrowWriteError(StrCat("cannot rename ", from.string(), " to ", to.string()), error);
}

// What cannot be removed is in nobody's way: the next replacement removes it first.
void RemoveQuietly(const fs::path& folder) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

void RenameInTwoSteps(const fs::path& fresh, const fs::path& target, const RenameCalls& calls) {
  const fs::path aside = FolderAside(target);
  Check(calls.rename(target, aside), target, aside);
  const int error = calls.rename(fresh, target);
  if (error != 0) calls.rename(aside, target);
  Check(error, fresh, target);
}

}  // namespace

const RenameCalls& SystemRenames() {
  static const RenameCalls calls = {Exchange, Rename};
  return calls;
}

fs::path FolderAside(const fs::path& target) { return target.string() + ".old"; }

fs::path StandingFolder(const fs::path& target) {
  std::error_code ignored;
  const fs::path aside = FolderAside(target);
  return !fs::exists(target, ignored) && fs::exists(aside, ignored) ? aside : target;
}

void ReplaceFolder(const fs::path& fresh, const fs::path& target, const RenameCalls& calls) {
  const fs::path aside = FolderAside(target);
  SyncFolder(fresh);
  std::error_code ignored;
  if (fs::exists(target, ignored)) {
    RemoveQuietly(aside);  // only while another stands in its place: it may be the last one
    const int error = calls.exchange(fresh, target);
    if (CannotExchange(error)) {
      RenameInTwoSteps(fresh, target, calls);
    } else {
      Check(error, fresh, target);
    }
  } else {
    Check(calls.rename(fresh, target), fresh, target);
  }
  SyncFolder(target.parent_path());
  RemoveQuietly(fresh);  // after an exchange it is the old one
  RemoveQuietly(aside);
}

}  // namespace tengen

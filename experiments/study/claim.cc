#include "experiments/study/claim.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "envs/core/check.h"

namespace tengen {

// No O_CLOEXEC: programs keep it.
Claim::Claim(const std::filesystem::path& file, IfTaken taken)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT, 0644)) {
  if (descriptor_ < 0) throw WorldError(StrCat("cannot write ", file, ": ", std::strerror(errno)));
  const int wait = taken == IfTaken::kWait ? 0 : LOCK_NB;
  int why = 0;
  do {
    why = ::flock(descriptor_, LOCK_EX | wait) == 0 ? 0 : errno;
  } while (why == EINTR);
  held_ = why == 0;
  if (held_ || why == EWOULDBLOCK) return;
  ::close(descriptor_);
  throw WorldError(StrCat("cannot lock ", file, ": ", std::strerror(why)));
}

Claim::~Claim() { ::close(descriptor_); }

}  // namespace tengen

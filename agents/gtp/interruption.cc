#include "agents/gtp/interruption.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "envs/core/check.h"
#include "envs/core/result.h"

namespace tengen {

Interruption::Interruption() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw WorldError(StrCat("no event descriptor: ", std::strerror(errno)));
}

Interruption::~Interruption() { ::close(fd_); }

void Interruption::Raise() const {
  const std::uint64_t one = 1;
  const ssize_t written = ::write(fd_, &one, sizeof(one));
  TENGEN_CHECK(written == sizeof(one) || errno == EAGAIN, "an event descriptor that takes nothing");
}

bool Interruption::raised() const {
  pollfd entry{fd_, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

}  // namespace tengen

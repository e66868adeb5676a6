#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace tengen {

// A bug in this program: a broken precondition or invariant. Thrown by TENGEN_CHECK; nothing but a
// test or the process edge should catch it. Wrong input is a Result, the world failing a
// WorldError.
class BugError : public std::logic_error {
  using std::logic_error::logic_error;
};

// The world failed (disk, device, socket, another program). The message names the value met and the
// value wanted. Caught at the process edge only, where it becomes exit code 1.
class WorldError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Joins anything that streams into one string.
template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  std::ostringstream out;
  (void(out << parts), ...);
  return out.str();
}

namespace internal {
[[noreturn]] inline void FailCheck(const char* file, int line, const char* condition,
                                   const std::string& message) {
  throw BugError(StrCat(file, ":", line, ": ", condition, message.empty() ? "" : ": ", message));
}
}  // namespace internal

}  // namespace tengen

// Always on. The parts after the condition are joined into the message:
// TENGEN_CHECK(n > 0, "batch size ", n, ", wanted at least 1").
#define TENGEN_CHECK(condition, ...)                                \
  do {                                                              \
    if (!(condition)) [[unlikely]] {                                \
      ::tengen::internal::FailCheck(__FILE__, __LINE__, #condition, \
                                    ::tengen::StrCat(__VA_ARGS__)); \
    }                                                               \
  } while (false)

// For hot loops: on in builds without NDEBUG (debug, sanitizers).
#ifdef NDEBUG
#define TENGEN_DCHECK(condition, ...) \
  do {                                \
  } while (false)
#else
#define TENGEN_DCHECK(condition, ...) TENGEN_CHECK(condition __VA_OPT__(, ) __VA_ARGS__)
#endif

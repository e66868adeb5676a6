#include "experiments/study/run_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "envs/core/check.h"
#include "envs/core/result.h"

extern char** environ;

namespace tengen {
namespace {

constexpr int kLook_ms = 200;  // how often `stop` is looked at

// Owns a file descriptor.
class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw WorldError(StrCat("cannot open ", path, ": ", std::strerror(errno)));
  }
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

pid_t Spawn(const std::vector<std::string>& command, int in, int out, int error) {
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);

  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failed =
      ::posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed == 0) return pid;
  throw WorldError(StrCat("cannot start ", command[0], ": ", std::strerror(failed)));
}

}  // namespace

std::string ProcessEnd::Text() const {
  if (signal == 0) return StrCat("exit code ", exit_code);
  return StrCat("signal ", signal, " (", ::strsignal(signal), ")");
}

ProcessEnd RunProcess(const std::vector<std::string>& command, const std::filesystem::path& out,
                      const std::filesystem::path& log, const std::atomic<bool>& stop) {
  TENGEN_CHECK(!command.empty(), "an empty command");
  const OpenFile input("/dev/null", O_RDONLY);
  const OpenFile output(out, O_WRONLY | O_CREAT | O_TRUNC);
  const OpenFile error(log, O_WRONLY | O_CREAT | O_APPEND);
  const pid_t pid = Spawn(command, input.get(), output.get(), error.get());
  const OpenFile handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  bool told = false;
  while (handle.get() >= 0) {
    pollfd entry{handle.get(), POLLIN, 0};
    if (::poll(&entry, 1, kLook_ms) > 0) break;
    if (stop && !told) {
      ::kill(pid, SIGTERM);
      told = true;
    }
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace tengen

#include "agents/gtp/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "envs/core/check.h"

extern char** environ;

namespace tengen {
namespace {

constexpr auto kLastMoment = std::chrono::milliseconds(200);

std::string ErrorText(int error) { return std::strerror(error); }

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
};

// Both ends close on exec and lie above the standard streams, so that putting one onto a standard
// stream of the child never hits another.
Result<Pipe> MakePipe() {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error{"no pipe: " + ErrorText(errno)};
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  for (Descriptor* end : {&pipe.read, &pipe.write}) {
    if (end->get() > STDERR_FILENO) continue;
    *end = Descriptor(::fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (end->get() < 0) return Error{"no pipe: " + ErrorText(errno)};
  }
  return pipe;
}

// posix_spawn's arguments: a group of its own, no signal blocked or ignored, and the three streams.
class SpawnSetup {
 public:
  SpawnSetup(int input, int output, int error) {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
      ::sigaddset(&signals, signal);
    }
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    if (error >= 0) ::posix_spawn_file_actions_adddup2(&actions_, error, STDERR_FILENO);
  }
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  // The process id, or minus the error.
  pid_t Run(const std::string& command) const {
    std::string shell = "sh", option = "-c", text = command;
    const std::array<char*, 4> arguments = {shell.data(), option.data(), text.data(), nullptr};
    std::vector<std::string> variables = Environment();
    std::vector<char*> environment;
    for (std::string& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, "/bin/sh", &actions_, &attributes_, arguments.data(),
                                    environment.data());
    return error == 0 ? pid : -error;
  }

 private:
  // Ours, with the folder at the end of PATH where Debian keeps GNU Go: root's does not have it.
  static std::vector<std::string> Environment() {
    std::vector<std::string> all;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      all.emplace_back(*variable);
      if (all.back().starts_with("PATH=")) all.back() += ":/usr/games";
    }
    return all;
  }

  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

// Until `deadline`, rounded up, for poll; at least 0.
int Milliseconds(ChildProcess::Clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - ChildProcess::Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

// write() to a pipe that may have no reader: the SIGPIPE of this one call is blocked in this thread
// and taken away, so that nobody else's handling of the signal is touched.
ssize_t WriteWithoutSignal(int fd, const char* bytes, std::size_t size) {
  sigset_t pipe_only, before, pending;
  ::sigemptyset(&pipe_only);
  ::sigaddset(&pipe_only, SIGPIPE);
  ::sigpending(&pending);
  const bool was_pending = ::sigismember(&pending, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  const ssize_t written = ::write(fd, bytes, size);
  const int error = errno;
  if (written < 0 && error == EPIPE && !was_pending) {
    const timespec at_once{0, 0};
    while (::sigtimedwait(&pipe_only, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

std::string SignalText(int signal) {
  return StrCat("signal ", signal, " (", ::strsignal(signal), ")");
}

// Shells report a command ended by a signal as 128 plus its number.
std::string StatusText(int status) {
  if (WIFSIGNALED(status)) return SignalText(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  return StrCat("exit code ", code,
                code > 128 && code <= 128 + SIGSYS ? ", " + SignalText(code - 128) : "");
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const ChildProcessOptions& options) {
  auto to_child = MakePipe();
  if (!to_child) return Error{to_child.error()};
  auto from_child = MakePipe();
  if (!from_child) return Error{from_child.error()};
  Descriptor log;
  if (!options.error_log.empty()) {
    log = Descriptor(
        ::open(options.error_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (log.get() < 0) {
      return Error{StrCat("cannot open the log ", options.error_log, ": ", ErrorText(errno))};
    }
  }
  const SpawnSetup setup(to_child->read.get(), from_child->write.get(), log.get());
  const pid_t pid = setup.Run(options.command);
  if (pid < 0) return Error{"cannot start /bin/sh: " + ErrorText(-pid)};
  for (const int fd : {to_child->write.get(), from_child->read.get()}) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(
      pid, to_child->write.Release(), from_child->read.Release(), options.interruption));
}

// Errors count as ready: the next call meets them.
ChildProcess::Outcome ChildProcess::WaitFor(int fd, short events,
                                            Clock::time_point deadline) const {
  while (true) {
    // A negative descriptor is passed over.
    pollfd entries[] = {{interruption_ == nullptr ? -1 : interruption_->fd(), POLLIN, 0},
                        {fd, events, 0}};
    const int ready = ::poll(entries, 2, Milliseconds(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready > 0 && entries[0].revents != 0) return Outcome::kInterrupted;
    if (ready != 0) return Outcome::kDone;
    if (Clock::now() >= deadline) return Outcome::kTimeout;
  }
}

ChildProcess::~ChildProcess() {
  Stop(Clock::now());
  ::close(output_);
}

ChildProcess::Outcome ChildProcess::Write(std::string_view bytes, Clock::time_point deadline) {
  TENGEN_CHECK(input_ >= 0, "Write after Stop");
  while (!bytes.empty()) {
    const ssize_t written = WriteWithoutSignal(input_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      const Outcome waited = WaitFor(input_, POLLOUT, deadline);
      if (waited != Outcome::kDone) return waited;
    } else if (errno != EINTR) {
      return Outcome::kClosed;
    }
  }
  return Outcome::kDone;
}

ChildProcess::Outcome ChildProcess::ReadLine(std::string& line, Clock::time_point deadline) {
  while (true) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      line.assign(buffer_, 0, end);
      buffer_.erase(0, end + 1);
      searched_ = 0;
      if (line.ends_with('\r')) line.pop_back();
      return Outcome::kDone;
    }
    searched_ = buffer_.size();
    if (buffer_.size() > kMaxLine) return Outcome::kTooLong;
    const Outcome waited = WaitFor(output_, POLLIN, deadline);
    if (waited != Outcome::kDone) return waited;
    std::array<char, 4096> bytes;
    const ssize_t count = ::read(output_, bytes.data(), bytes.size());
    if (count > 0) {
      buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      if (buffer_.empty()) return Outcome::kClosed;
      line = std::exchange(buffer_, "");
      searched_ = 0;
      return Outcome::kDone;
    }
  }
}

bool ChildProcess::WaitForEnd(Clock::time_point deadline) const {
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (handle.get() >= 0) return WaitFor(handle.get(), POLLIN, deadline) == Outcome::kDone;
  siginfo_t info{};  // a kernel without pidfd_open: no waiting
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

void ChildProcess::Stop(Clock::time_point deadline) {
  if (reaped_) return;
  if (input_ >= 0) ::close(std::exchange(input_, -1));
  killed_ = !WaitForEnd(deadline);
  // The program, or what it left behind. The group's number cannot have become another's: its
  // leader was not reaped yet.
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  exit_text_ = killed_ ? "ended from here" : StatusText(status);
}

std::string ChildProcess::ExitText() {
  if (!reaped_ && WaitForEnd(Clock::now() + kLastMoment)) Stop(Clock::now());
  return exit_text_;
}

}  // namespace tengen

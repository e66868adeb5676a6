#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "agents/gtp/interruption.h"
#include "envs/core/result.h"

namespace tengen {

struct ChildProcessOptions {
  std::string command;  // for /bin/sh -c
  // Where its standard error is appended; empty: it goes where ours goes.
  std::filesystem::path error_log;
  // Raised, no call waits any more; null: nobody does. May be raised from any thread.
  std::shared_ptr<const Interruption> interruption = nullptr;
};

// Another program, spoken to by lines through pipes.
//
// It leads a process group of its own: Ctrl-C at the terminal does not reach it, and ending it ends
// what it started. It inherits standard error and no other file of this process. No call waits
// beyond its deadline, whatever the program does, and a program that stopped reading raises no
// SIGPIPE here. Not thread-safe; different objects are independent.
class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kMaxLine = 1'000'000;  // bytes

  // How an operation on the pipes ended.
  enum class Outcome {
    kDone,
    kTimeout,  // the deadline passed
    kClosed,   // the program closed its side, as it does when it ends
    kTooLong,  // a line above kMaxLine
    kInterrupted,
  };

  // Errors: no process can be made, the log cannot be opened. A command that the shell does not
  // find starts and ends at once, see ExitText.
  static Result<std::unique_ptr<ChildProcess>> Start(const ChildProcessOptions& options);

  // Ends the program's whole group at once, see Stop.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Writes all bytes.
  Outcome Write(std::string_view bytes, Clock::time_point deadline);
  // Reads one line, without its end ("\n" or "\r\n"). What follows the last line end when the
  // program closes its output is a line too.
  Outcome ReadLine(std::string& line, Clock::time_point deadline);

  // Closes the program's input, gives it until the deadline to end by itself, then ends its group
  // with SIGKILL. Nothing but ExitText may be called afterwards.
  void Stop(Clock::time_point deadline);

  // How the program ended, for messages: "exit code 3", "exit code 139, signal 11 (Segmentation
  // fault)"; "" while it runs. Waits a moment for a program that has just closed its pipes.
  std::string ExitText();

 private:
  ChildProcess(pid_t pid, int input, int output, std::shared_ptr<const Interruption> interruption)
      : pid_(pid), input_(input), output_(output), interruption_(std::move(interruption)) {}

  // What ended waiting for a descriptor: kDone if it is ready.
  Outcome WaitFor(int fd, short events, Clock::time_point deadline) const;

  // Whether the program has ended; waits until the deadline. Does not reap it, so that its process
  // id stays ours.
  bool WaitForEnd(Clock::time_point deadline) const;

  const pid_t pid_;  // of the shell, and of the group
  int input_;        // written by us; -1 once closed
  const int output_;
  const std::shared_ptr<const Interruption> interruption_;
  std::string buffer_;        // read, not yet returned
  std::size_t searched_ = 0;  // bytes of buffer_ known to hold no line end
  bool killed_ = false;       // by us
  bool reaped_ = false;
  std::string exit_text_;
};

}  // namespace tengen

#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace tengen {

// How another program ended.
struct ProcessEnd {
  int exit_code = 0;  // meaningless with a signal
  int signal = 0;     // that ended it; 0: none

  bool ok() const { return exit_code == 0 && signal == 0; }
  // "exit code 3", "signal 9 (Killed)".
  std::string Text() const;
};

// Runs a program to its end: its standard output goes into a new file `out`, its standard error to
// the end of `log`. Once `stop` is set it gets SIGTERM and is waited for. It leads a group of its
// own, so that Ctrl-C at the terminal does not reach it before. REQUIRES: command is not empty.
// Throws WorldError: the program or a file cannot be opened.
ProcessEnd RunProcess(const std::vector<std::string>& command, const std::filesystem::path& out,
                      const std::filesystem::path& log, const std::atomic<bool>& stop);

}  // namespace tengen

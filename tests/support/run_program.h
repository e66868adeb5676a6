#pragma once

#include <array>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

// Runs the tengen program (TENGEN_BINARY) the way people do.

namespace tengen {

struct ProgramOutput {
  int code = -1;  // exit code, -1 after a signal
  std::string text;
};

// Waits for the end and returns standard output, or with `errors` standard error.
inline ProgramOutput RunTengen(const std::string& arguments, bool errors) {
  const std::string command = std::string("'") + TENGEN_BINARY + "' " + arguments +
                              (errors ? " 2>&1 >/dev/null" : " 2>/dev/null");
  ProgramOutput output;
  FILE* pipe = ::popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.text.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

// Starts it and does not wait; what it prints is lost. The caller waits for the process.
inline pid_t StartTengen(const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(TENGEN_BINARY)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    ::execv(TENGEN_BINARY, argv.data());
    ::_exit(127);
  }
  return child;
}

// Starts it, sends SIGINT (Ctrl-C) once `sign` stands in its standard error, and returns what it
// printed to standard output until it ended.
inline ProgramOutput InterruptTengen(const std::string& arguments, const std::string& sign) {
  int out[2];
  int err[2];
  EXPECT_EQ(::pipe(out), 0);
  EXPECT_EQ(::pipe(err), 0);
  const std::string command = std::string("exec '") + TENGEN_BINARY + "' " + arguments;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    for (const int end : {out[0], out[1], err[0], err[1]}) ::close(end);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  ProgramOutput output;
  std::string errors;
  std::array<char, 4096> buffer;
  ssize_t n = 0;
  while (errors.find(sign) == std::string::npos &&
         (n = ::read(err[0], buffer.data(), buffer.size())) > 0) {
    errors.append(buffer.data(), static_cast<std::size_t>(n));
  }
  EXPECT_NE(errors.find(sign), std::string::npos) << errors;
  ::kill(child, SIGINT);
  while ((n = ::read(out[0], buffer.data(), buffer.size())) > 0) {
    output.text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(out[0]);
  ::close(err[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

// The last line, where commands with --json print their object.
inline std::string LastLine(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - begin);
}

}  // namespace tengen

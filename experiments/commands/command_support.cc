#include "experiments/commands/command_support.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

std::atomic<bool> stop_requested{false};

void HandleStop(int signal) {
  if (stop_requested.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

CLI::Validator NumberAbove(double bound) {
  return {[bound](const std::string& text) {
            double value = 0.0;
            if (CLI::detail::lexical_cast(text, value) && value > bound) return std::string();
            return StrCat("'", text, "', wanted a number above ", bound);
          },
          ""};
}

std::FILE* AnswerStream(bool json) { return json ? stderr : stdout; }

void WriteOutput(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw WorldError(StrCat("cannot write to standard output: ", std::strerror(errno)));
  }
}

void PrintJsonLine(const nlohmann::ordered_json& json) {
  // File names need not be valid UTF-8.
  const auto replace = nlohmann::ordered_json::error_handler_t::replace;
  WriteOutput(json.dump(-1, ' ', false, replace) + "\n");
}

const std::atomic<bool>& StopRequested() {
  static const bool installed = [] {
    std::signal(SIGINT, HandleStop);
    std::signal(SIGTERM, HandleStop);
    return true;
  }();
  (void)installed;
  return stop_requested;
}

int ThreadCount(int wanted) {
  if (wanted > 0) return wanted;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace tengen

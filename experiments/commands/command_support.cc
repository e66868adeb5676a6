#include "experiments/commands/command_support.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/config/processor.h"
#include "experiments/match/games_at_once.h"

namespace tengen {
namespace {

std::atomic<bool> stop_requested{false};

// A terminal that goes away is told twice, by the kernel and by the shell: only people who repeat
// themselves mean "at once".
void HandleStop(int signal) {
  if (stop_requested.exchange(true) && signal != SIGHUP) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

// Programs under nohup are born with a SIGHUP that is ignored, and stay so.
void HandleHangUp() {
  struct sigaction before = {};
  if (::sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) return;
  std::signal(SIGHUP, HandleStop);
}

// NaN, which no bound holds, where the text is no number.
double NumberIn(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

CLI::Validator NumberAbove(double bound) {
  return {[bound](const std::string& text) {
            if (NumberIn(text) > bound) return std::string();
            return StrCat("'", text, "', wanted a number above ", bound);
          },
          ""};
}

CLI::Validator NumberFrom(double least, double most) {
  return {[least, most](const std::string& text) {
            const double value = NumberIn(text);
            if (value >= least && value <= most) return std::string();
            return StrCat("'", text, "', wanted a number from ", least, " to ", most);
          },
          ""};
}

CLI::Validator SeedNumber() {
  return {[](const std::string& text) {
            std::int64_t seed = -1;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
            const bool whole = error == std::errc() && end == text.data() + text.size();
            if (whole && seed >= 0) return std::string();
            return StrCat("'", text, "', wanted a whole number from 0 to ",
                          std::numeric_limits<std::int64_t>::max());
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

Device DeviceOption(const std::string& name) {
  OrUsageError(DeviceByName(name));
  return OrWorldError(ParseDevice(name));
}

const std::atomic<bool>& StopRequested() {
  static const bool installed = [] {
    std::signal(SIGINT, HandleStop);
    std::signal(SIGTERM, HandleStop);
    HandleHangUp();
    return true;
  }();
  (void)installed;
  return stop_requested;
}

int ThreadCount(int wanted) { return wanted > 0 ? wanted : ProcessorCount(); }

void AddParallelOptions(CLI::App& command, ParallelGames& wanted) {
  command.add_option("--threads", wanted.threads, "Processors to use (default: all)")
      ->check(NumberAbove(-1.0));
  command
      .add_option("--parallel", wanted.games,
                  "Games at once (default: one for each processor; 64 for each where only visits "
                  "limit the agents and one has a network, which then answers in batches)")
      ->check(NumberAbove(-1.0));
  command.add_flag(
      "--deterministic", wanted.deterministic,
      "No batches over several games: a game depends on its seed alone, not on --threads "
      "and --parallel too");
}

}  // namespace tengen

#include "experiments/bench/other_program.h"

#include <array>
#include <cstdio>
#include <memory>
#include <sys/wait.h>

#include <nlohmann/json.hpp>

#include "envs/core/check.h"

namespace tengen {
namespace {

std::string OutputOf(const std::string& command) {
  const auto close = [](FILE* pipe) { return pclose(pipe); };
  std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (pipe == nullptr) throw WorldError(StrCat("cannot start '", command, "'"));
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t n = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    output.append(buffer.data(), n);
  }
  const int status = pclose(pipe.release());
  if (WIFSIGNALED(status)) {
    throw WorldError(StrCat("'", command, "' was ended by signal ", WTERMSIG(status)));
  }
  if (status != 0) {
    throw WorldError(StrCat("'", command, "' ended with exit code ", WEXITSTATUS(status)));
  }
  return output;
}

}  // namespace

std::string LastLineOfProgram(const std::string& command) {
  std::string output = OutputOf(command);
  output.erase(output.find_last_not_of("\r\n ") + 1);
  return output.substr(output.find_last_of('\n') + 1);
}

std::map<std::string, double> NumbersOfProgram(const std::string& command) {
  const std::string line = LastLineOfProgram(command);
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  std::map<std::string, double> numbers;
  bool valid = json.is_object() && !json.empty();
  for (auto it = json.begin(); valid && it != json.end(); ++it) {
    valid = it->is_number() && it->get<double>() > 0.0;
    if (valid) numbers[it.key()] = it->get<double>();
  }
  if (!valid) {
    throw WorldError(StrCat("'", command, "' printed '", line,
                            "', wanted an object of names and numbers above 0"));
  }
  return numbers;
}

}  // namespace tengen

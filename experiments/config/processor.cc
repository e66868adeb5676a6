#include "experiments/config/processor.h"

#include <algorithm>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace tengen {

std::string ProcessorName() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string MachineName() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return *name == '\0' ? "unknown" : name;
}

int ProcessorCount() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

}  // namespace tengen

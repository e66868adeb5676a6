#include "experiments/commands/run_with_networks.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

#include "envs/core/check.h"

namespace tengen {

void RunWithNetworks(const std::string& what, char** argv) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto program = self.parent_path() / "tengen-nets";
  ::execv(program.c_str(), argv);
  throw WorldError(StrCat(what, " needs networks, but ", program.string(),
                          ", which has them, cannot be started: ", std::strerror(errno),
                          "; a build with LibTorch makes it"));
}

}  // namespace tengen

#include "experiments/commands/run_with_networks.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>

#include "envs/core/check.h"
#include "nets/blas_kernels.h"

namespace tengen {

void RunWithNetworks(const std::string& what, char** argv) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto program = self.parent_path() / "tengen-nets";
  // OpenBLAS reads it when it is loaded. Its threads wait for each other by yielding: beside those
  // of self-play, or of other programs, a small product takes longer on two than on one.
  constexpr int kKeepWhatTheUserChose = 0;
  ::setenv("OPENBLAS_NUM_THREADS", "1", kKeepWhatTheUserChose);
  const char* kernels = OpenBlasKernels(ThisProcessor());
  if (kernels != nullptr) ::setenv("OPENBLAS_CORETYPE", kernels, kKeepWhatTheUserChose);
  ::execv(program.c_str(), argv);
  throw WorldError(StrCat(what, " needs networks, but ", program.string(),
                          ", which has them, cannot be started: ", std::strerror(errno),
                          "; a build with LibTorch makes it"));
}

}  // namespace tengen

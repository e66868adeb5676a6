#pragma once

#include <string>

namespace tengen {

// Replaces this process by the program with LibTorch, `tengen-nets` beside this one, with the same
// arguments, environment and process id, so that exit codes and signals are its own. Where the
// environment does not say how many threads OpenBLAS takes, it takes one, and where it does not say
// which kernels, it takes those of blas_kernels.h. `what` needs the other program. Returns only by
// throwing WorldError: it is not there. Nothing may have been read from stdin or printed.
[[noreturn]] void RunWithNetworks(const std::string& what, char** argv);

}  // namespace tengen

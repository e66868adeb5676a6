#pragma once

#include <string>

namespace tengen {

// Replaces this process by the program with LibTorch, `tengen-nets` beside this one, with the same
// arguments, environment and process id, so that exit codes and signals are its own. `what` needs
// it. Returns only by throwing WorldError: it is not there. Nothing may have been read from stdin
// or printed.
[[noreturn]] void RunWithNetworks(const std::string& what, char** argv);

}  // namespace tengen

#pragma once

#include <stdexcept>

namespace tengen {

// Wrong use of the program: an option, a config, a name. Becomes exit code 2 at the process edge.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tengen

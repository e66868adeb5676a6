#include "tests/support/golden.h"

namespace tengen {

// The only place that sees the path of the checkout: all other objects of the tests are alike in
// every checkout, so that a compiler cache serves them all.
std::string Golden(const std::string& name) { return std::string(TENGEN_GOLDEN_DIR "/") + name; }

}  // namespace tengen

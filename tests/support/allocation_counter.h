#pragma once

#include <cstdint>

namespace tengen {

// Calls of operator new by this thread since it started. Linking allocation_counter.cc replaces the
// program's operator new and delete by counting ones.
std::int64_t AllocationCount();

}  // namespace tengen

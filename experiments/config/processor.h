#pragma once

#include <string>

namespace tengen {

// Model name of the processor, "unknown" where the system does not tell.
std::string ProcessorName();

// Threads that run at the same time, at least 1.
int ProcessorCount();

// The name that the machine gives itself (gethostname), "unknown" where it has none.
std::string MachineName();

}  // namespace tengen

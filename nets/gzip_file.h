#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "envs/core/result.h"

namespace tengen {

// The inflated content of a gzip file; a file that is not gzip is returned as it is. Errors: cannot
// be opened or read, truncated or damaged, more than `max_bytes` inflated.
Result<std::string> ReadGzipFile(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace tengen

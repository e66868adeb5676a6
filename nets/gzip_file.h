#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "envs/core/result.h"

namespace tengen {

// The inflated content of a gzip file; a file that is not gzip is returned as it is. Errors: cannot
// be opened or read, truncated or damaged, more than `max_bytes` inflated.
Result<std::string> ReadGzipFile(const std::filesystem::path& path, std::size_t max_bytes);

// The first `bytes` of the same, fewer where it ends or is damaged before; no more is read than
// they take. "" where there is no file that can be read.
std::string ReadGzipStart(const std::filesystem::path& path, std::size_t bytes);

}  // namespace tengen

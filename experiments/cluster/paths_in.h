#pragma once

#include <filesystem>
#include <system_error>
#include <vector>

namespace tengen {

// What a folder holds, by name. `error` says whether all of it could be read: on a shared file
// system a folder may go away while it is read, and a range-for over it would throw.
inline std::vector<std::filesystem::path> PathsIn(const std::filesystem::path& folder,
                                                  std::error_code& error) {
  std::vector<std::filesystem::path> paths;
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    paths.push_back(entry->path());
    entry.increment(error);
  }
  return paths;
}

}  // namespace tengen

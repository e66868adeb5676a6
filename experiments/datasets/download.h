#pragma once

#include <filesystem>

#include "envs/core/result.h"
#include "experiments/datasets/catalogue.h"

namespace tengen {

// Fetches one file of a set into a folder (made if needed) with the program `curl`, which shows on
// stderr how it goes on. The file has its name only once it is whole and its checksum is right.
// Errors: curl is not installed or failed (its exit code), another checksum; nothing is left then.
Status DownloadDataFile(const DataFile& file, const std::filesystem::path& folder);

}  // namespace tengen

#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Whether a name ends in .sgf or .sgf.gz, in capitals or not.
bool HasSgfName(std::string_view name);

// The files of such names in a folder and the folders below it, sorted by path. Folders below that
// cannot be read are passed over. Error: the folder itself cannot be read.
Result<std::vector<std::filesystem::path>> SgfFilesIn(const std::filesystem::path& folder);

}  // namespace tengen

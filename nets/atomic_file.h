#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "envs/core/result.h"

namespace tengen {

// The whole file. Error if it cannot be opened or read.
Result<std::string> ReadWholeFile(const std::filesystem::path& path);

// Writes and syncs to disk. Throws WorldError, and leaves no file behind then.
void WriteFileSynced(const std::filesystem::path& path, std::string_view bytes);

// Readers see the old file or the whole new one, also after a crash: written to path + ".tmp",
// synced, renamed. Throws WorldError, which names `path`; then the old file is what it was.
void WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// Makes renames and new files in this folder ("": the current one) survive a power loss. Throws
// WorldError.
void SyncFolder(const std::filesystem::path& folder);

}  // namespace tengen

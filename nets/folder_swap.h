#pragma once

#include <filesystem>
#include <functional>

#include "envs/core/result.h"

namespace tengen {

// Replaces folders as WriteFileAtomically replaces files. A folder cannot be renamed onto one that
// is there, so the two exchange their names in one step; file systems that cannot do that (NFS,
// many FUSE mounts) get two renames, with the old folder aside for the moment between them:
//
//   target.new -- exchange -- target        or   1. target     -> target.old
//                                                2. target.new -> target
//
// After a kill at any moment StandingFolder finds the old folder or the new one, whole.

// The renames of a file system. Both return 0 or an errno; a test stands in for a file system.
struct RenameCalls {
  // Exchanges two names in one step. EINVAL, ENOSYS and ENOTSUP say that it cannot be done here.
  std::function<int(const std::filesystem::path&, const std::filesystem::path&)> exchange;
  // Gives `from` the free name `to`.
  std::function<int(const std::filesystem::path& from, const std::filesystem::path& to)> rename;
};
// Those of the operating system.
const RenameCalls& SystemRenames();

// Puts the folder `fresh`, whose files are synced, in the place of `target`, in the same parent
// folder. The old one goes; so does an older one that a killed process left aside. Throws
// WorldError; a whole folder stands there then too.
void ReplaceFolder(const std::filesystem::path& fresh, const std::filesystem::path& target,
                   const RenameCalls& calls = SystemRenames());

// Where a folder of that name stands aside while ReplaceFolder puts another in its place.
std::filesystem::path FolderAside(const std::filesystem::path& target);

// `target`, or FolderAside(target) where a process was killed between the two renames.
std::filesystem::path StandingFolder(const std::filesystem::path& target);

}  // namespace tengen

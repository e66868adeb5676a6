#include "experiments/cluster/lease_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>

#include "envs/core/check.h"
#include "experiments/cluster/paths_in.h"
#include "nets/atomic_file.h"

namespace tengen {

std::uint64_t LeaseFolder::Take() {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (next_ == 1) {  // the first call: look how far others have come
    for (const auto& lease : PathsIn(folder_, error)) {
      const std::uint64_t taken = std::strtoull(lease.filename().c_str(), nullptr, 10);
      next_ = std::max(next_, taken + 1);
    }
  }
  for (;; ++next_) {
    const std::filesystem::path lease = folder_ / std::to_string(next_);
    if (::mkdir(lease.c_str(), 0755) == 0) break;
    if (errno != EEXIST)
      throw WorldError(StrCat("cannot make ", lease, ": ", std::strerror(errno)));
  }
  SyncFolder(folder_);
  return next_++ * kLeaseGames;
}

bool LeaseFolder::Holds(std::uint64_t number) {
  const std::uint64_t lease = number / kLeaseGames;
  if (lease == 0 || known_.contains(lease)) return lease > 0;
  std::error_code error;
  const auto status = std::filesystem::status(folder_ / std::to_string(lease), error);
  if (status.type() == std::filesystem::file_type::not_found) return false;
  if (!error) known_.insert(lease);
  return true;  // also where the file system does not answer: no reason to shut anybody out
}

}  // namespace tengen

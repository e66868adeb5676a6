#pragma once

#include <cstdint>
#include <filesystem>
#include <unordered_set>

#include "agents/zero/self_play.h"

namespace tengen {

// Game numbers of one lease: more than a worker can play.
inline constexpr std::uint64_t kLeaseGames = kFirstLeasedGame;

// Hands out ranges of game numbers, each once in the life of a run, also when processes on several
// machines ask at the same moment: RUN/leases/N is a folder, and the system lets only one of them
// make it. Lease N holds the numbers N * kLeaseGames and up; those below kLeaseGames belong to
// self-play in the learner's own process.
class LeaseFolder {
 public:
  explicit LeaseFolder(const std::filesystem::path& run) : folder_(run / "leases") {}

  // The first number of a range that nobody had. On disk before it returns. Throws WorldError.
  std::uint64_t Take();
  // Whether `number` lies in a range that somebody was given.
  bool Holds(std::uint64_t number);

 private:
  const std::filesystem::path folder_;
  std::unordered_set<std::uint64_t> known_;  // ranges that were found there
  std::uint64_t next_ = 1;
};

}  // namespace tengen

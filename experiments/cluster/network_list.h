#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/result.h"

namespace tengen {

// Every network that workers of a run may have played with, in a file: games may wait with them for
// longer than a learner lives, and what a learner that was killed had published is in no
// checkpoint. A line each, {"hash": "...", "step": 700}; a line {"any_until": 700} in a run that is
// older than its list, for networks up to that step which nobody can know. Not thread-safe.
class NetworkList {
 public:
  // `step`: of the network that the run begins or goes on with. Lines that are damaged are taken
  // for networks that nobody can know. Throws WorldError: a file that cannot be read.
  NetworkList(std::filesystem::path file, std::int64_t step);

  void Add(const std::string& hash, std::int64_t step);
  // Whether all of it is on disk; where it is not, tries again. Whose network is on no disk must
  // not be told of it.
  Status Write();

  // Of any step up to `step` in a run that is older than its list.
  bool Knows(const std::string& hash, std::int64_t step) const {
    return steps_of_.contains(hash) || step <= any_until_;
  }
  // What no honest worker sends. Error: the game names no network though it was searched, one
  // without a hash, or a known one with another step.
  Status Check(const GameRecord& record) const;

 private:
  void Read();

  const std::filesystem::path file_;
  // Nearly always one: weights that no update has changed are published again.
  std::unordered_map<std::string, std::vector<std::int64_t>> steps_of_;
  std::int64_t any_until_ = -1;
  std::string unwritten_;
};

}  // namespace tengen

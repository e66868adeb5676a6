#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

#include "agents/records/game_record.h"
#include "envs/core/result.h"

namespace tengen {

// Every network that workers of a run may have played with, in a file: games may wait with them for
// longer than a learner lives, and what a learner that was killed had published is in no
// checkpoint. A line each, {"hash": "...", "step": 700}; a line {"any_until": 700} in a run that is
// older than its list, for networks up to that step which nobody can know. Not thread-safe.
class NetworkList {
 public:
  // `step`: of the network that the run begins or goes on with. What cannot be read of the file is
  // taken for networks that nobody can know.
  NetworkList(std::filesystem::path file, std::int64_t step);

  // On disk when it returns, unless the disk is full: then with the next one.
  void Add(const std::string& hash, std::int64_t step);

  bool Knows(const std::string& hash) const { return step_of_.contains(hash); }
  // Whether the networks that a game names are this run's. Error: it names none though it was
  // searched, or one without a hash, with another step, or that was never published.
  Status Check(const GameRecord& record) const;

 private:
  void Read();
  void Write();

  const std::filesystem::path file_;
  std::unordered_map<std::string, std::int64_t> step_of_;
  std::int64_t any_until_ = -1;
  std::string unwritten_;
};

}  // namespace tengen

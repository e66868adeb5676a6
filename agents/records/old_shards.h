#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

namespace tengen {

// Takes shards away that training draws from no more, so that a run does not fill its disk. Their
// indexes stay: games are counted, and none of them comes a second time. Not thread-safe.
class OldShards {
 public:
  // `aside`: the folder that they are moved into, which is made if needed; "": they are removed.
  OldShards(std::filesystem::path folder, std::filesystem::path aside)
      : folder_(std::move(folder)), aside_(std::move(aside)) {}

  // Takes away the full shards behind which `window` of the run's `positions` positions were
  // stored, but for the newest of them. How many. Throws WorldError, as DiskFull where there is no
  // room; then the next call tries again.
  int Clear(std::int64_t positions, std::int64_t window);

 private:
  void ReadIndexes();
  void TakeAway(const std::filesystem::path& shard) const;

  const std::filesystem::path folder_;
  const std::filesystem::path aside_;
  // By number in the file's name: the shard's positions.
  std::map<std::pair<std::size_t, std::filesystem::path>, std::int64_t> positions_of_;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/config/train_config.h"
#include "nets/rank_team.h"

namespace tengen {

// The rows of an update, which the ranks share.
struct SharedBatch {
  const char* key = "";  // of the config, for people
  std::int64_t rows = 0;
};

// The processes that compute a run's updates together, seen from one of them. Not thread-safe.
class Ranks {
 public:
  // `wanted` > 1: starts that many less one copies of this process, with its command line, and is
  // rank 0 of them. In such a copy, or where another program started the ranks (see RankPlaceFrom),
  // joins them. Null: this process computes alone. They may wait for each other for minutes, and
  // there is nothing to save yet: whoever catches signals does so afterwards. Throws UsageError (a
  // batch that cannot be shared, an environment that does not fit `wanted`) and WorldError (no
  // Gloo, ranks that did not come).
  static std::unique_ptr<Ranks> Join(int wanted, const SharedBatch& batch);
  // The same for a run of self-play's learner; rank 0 has led with the config then.
  static std::unique_ptr<Ranks> Join(int wanted, const TrainConfig& config);
  // Waits for the copies, and ends those that are still there after ten seconds.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  bool leads() const { return team_->leads(); }
  const std::shared_ptr<RankTeam>& team() const { return team_; }

  // Rank 0: tells the others what is trained.
  void Lead(const nlohmann::json& config);
  // A rank above 0: what that is. A stop is rank 0's business: SIGINT, SIGTERM and SIGHUP are
  // ignored from here on. Throws WorldError when the others are lost.
  nlohmann::json AwaitConfig();
  // A rank above 0 of a run of self-play's learner: computes its part of each update until rank 0
  // has ended. `device`: what DeviceHere takes. Throws WorldError when the others are lost.
  void Follow(const std::string& device);
  // LibTorch's threads of this rank, so that those of one machine share its processors.
  int ThreadsHere() const;
  // The device of this rank where its command line says `device` (DeviceOfRank).
  std::string DeviceHere(const std::string& device) const;

 private:
  Ranks() = default;
  void Start(int ranks);

  std::vector<pid_t> copies_;
  std::shared_ptr<RankTeam> team_;
};

}  // namespace tengen

#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/rng.h"
#include "nets/model.h"

namespace tengen {

class NetEvaluator;

// Tells whether games were played with the networks that they name: one position of a game is
// evaluated again, and what the record says that the network said is compared, and what the search
// made of it. A worker turns each position by a random symmetry and may compute in bfloat16, so the
// nearest of all symmetries counts. Knows the newest networks, and of older ones those that the
// run's folder has checkpoints of. Not thread-safe.
class NetworkCheck {
 public:
  // `run` = "": no checkpoints.
  NetworkCheck(std::uint64_t seed, std::filesystem::path run)
      : run_(std::move(run)), rng_(seed, RngRole::kReplay, kStream) {}

  void Publish(const ModelSnapshot& network);
  // Whether it has, or finds, the network of that hash and step.
  bool Knows(const NetUse& use) { return Find(use) != nullptr; }

  struct Errors {
    // Distance between the recorded value and the nearest that the network gives, in units of value
    // (results lie in -1 to 1).
    double value = 0.0;
    // By how many nats the nearest of the network's priors foretells the search's policy p worse
    // than a network would that likes all n moves alike: sum of p (-log prior) - log n, below 0
    // where it is better. Nothing where the record keeps no policy of that position.
    std::optional<double> policy;
  };
  // Nothing if nothing could be compared: all networks that the game names are too old, it has no
  // searched position, or it has one player, whose returns have no common scale.
  // REQUIRES: CheckRecord(record).
  std::optional<Errors> Compare(const GameRecord& record);

  // Mean values above this over kWanted games are no rounding: bfloat16 errs by 0.01, another
  // network of the same run by 0.1 and more.
  static constexpr double kValueBound = 0.06;
  // A search begins with the network's priors: untrained they foretell nothing, and later more.
  static constexpr double kPolicyBound = 1.0;
  static constexpr int kWanted = 12;

 private:
  static constexpr std::uint64_t kStream = 0x636865636b;
  static constexpr std::size_t kNetworks = 12;
  static constexpr std::size_t kOldNetworks = 4;
  struct Network {
    std::string hash;
    ModelSnapshot snapshot;
    std::shared_ptr<NetEvaluator> evaluator;  // when first needed
  };
  std::shared_ptr<NetEvaluator> Find(const NetUse& use);
  std::vector<std::shared_ptr<NetEvaluator>> NetworksAt(const GameRecord& record, int ply);
  void FindCheckpoint(const NetUse& use);

  const std::filesystem::path run_;
  Rng rng_;
  std::deque<Network> networks_;  // newest first
  std::deque<Network> old_;       // from checkpoints, the last one read first
};

}  // namespace tengen

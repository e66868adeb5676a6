#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "agents/alphago/linear_policy.h"
#include "agents/records/game_record.h"

// Learning a linear policy from the moves of game records, passes left out (Silver et al. 2016,
// "Methods: Policy network: classification"; there too only moves on the board count).

namespace tengen {

struct LinearTrainingConfig {
  int epochs = 5;          // times that every game is gone through
  float rate = 0.05F;      // of the first step; falls in a line to 0 at the last
  int least_count = 20;    // codes that fewer moves have than this get no weight
  std::uint64_t seed = 1;  // of the order of the games
};

// The codes that at least so many legal moves in the games' positions have.
// REQUIRES: games of Go that pass CheckRecord.
LinearWords CountWords(std::span<const GameRecord> games, int least_count);

// Adds scale * d log P(the move played) / d weights of one position to `sum`, which may be the
// policy's own weights: for each feature f of each move m,
//   sum_f += scale * ((m was played) - P(m)).
// Returns -log P, nats. `probabilities` is scratch memory. REQUIRES: played < moves.actions.size().
float AddLogGradient(const LinearPolicy& policy, const MoveFeatures& moves, std::size_t played,
                     float scale, std::vector<float>& sum, std::vector<float>& probabilities);
// Brings weights back within LinearPolicy::kMaxWeight.
void LimitWeights(LinearPolicy& policy);

// Plain stochastic gradient descent, a position at a time.
class LinearTrainer {
 public:
  // The games must outlive the trainer. REQUIRES: as CountWords.
  LinearTrainer(std::span<const GameRecord> games, const LinearTrainingConfig& config);

  struct Epoch {
    double loss = 0.0;  // mean -log P of the moves when they were met, nats
    std::int64_t positions = 0;
  };
  // Goes through all games once, in an order of its own. Epoch `epoch` of the same policy gives the
  // same weights, so that training goes on from a file. REQUIRES: 0 <= epoch < config.epochs.
  Epoch Run(LinearPolicy& policy, int epoch) const;

 private:
  const std::span<const GameRecord> games_;
  const LinearTrainingConfig config_;
};

// Of games that were not learnt from: in how many positions, passes left out, the most probable
// legal move (the first among equals) is the one that was played.
struct LinearScore {
  std::vector<int> positions;  // by game
  std::vector<int> hits;
  double loss = 0.0;  // mean -log P, nats
};
LinearScore ScoreLinearPolicy(const LinearPolicy& policy, std::span<const GameRecord> games);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nets/data_source.h"
#include "nets/rank_team.h"

namespace tengen {

// What rank 0 of a team tells the others to do next.
enum class TeamOrder : std::int64_t {
  kState,  // take the trainer's state, which follows as bytes
  kStep,   // make an update with the rows that follow
  kWait,   // nothing yet: rank 0 is alive
  kEnd,    // there is nothing more to do
};

// Gives an order to all others. REQUIRES: team.leads().
void GiveOrder(RankTeam& team, TeamOrder order);
// The next order of rank 0. REQUIRES: !team.leads().
TeamOrder AwaitOrder(RankTeam& team);

// Deals the rows of rank 0's batch out, equally many to each rank and in their order: tensor i is
// [N, ...] there and [N / size, ...] in what is returned on each rank. On rank 0 only, `batch` is
// read: float32, contiguous, on the CPU; N is a multiple of the team's size.
Batch DealBatch(RankTeam& team, const Batch& batch);

// A loss that is a weighted mean over rows, sum(w_i l_i) / sum(w_i), is not the mean of the ranks'
// own weighted means. It is, when rank r's is multiplied by
//   share(r) = size * sum(w_i of r) / sum(w_i),
// which this returns for each rank: size 1s where all weights are 0.
std::vector<float> WeightShares(std::span<const float> weights, int size);

}  // namespace tengen

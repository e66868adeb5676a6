#include "agents/alphago/reinforce_game.h"

namespace tengen {

std::vector<float> Advantages(std::span<const ReinforceGame> games, ReinforceBaseline baseline) {
  float total = 0.0F;
  for (const ReinforceGame& game : games) total += game.z;
  const bool centred = baseline == ReinforceBaseline::kMeanOfRest && games.size() > 1;
  std::vector<float> advantages;
  for (const ReinforceGame& game : games) {
    const float b = centred ? (total - game.z) / static_cast<float>(games.size() - 1) : 0.0F;
    advantages.push_back(game.z - b);
  }
  return advantages;
}

double LearnerPoints(std::span<const ReinforceGame> games) {
  double points = 0.0;
  for (const ReinforceGame& game : games) points += 0.5 * (1.0 + static_cast<double>(game.z));
  return points;
}

}  // namespace tengen

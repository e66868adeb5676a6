#include "agents/alphago/reinforce_game.h"

#include "envs/core/check.h"

namespace tengen {

const char* NameOf(ReinforceBaseline baseline) {
  switch (baseline) {
    case ReinforceBaseline::kNone:
      return "none";
    case ReinforceBaseline::kMeanOfRest:
      return "mean";
    case ReinforceBaseline::kValue:
      return "value";
  }
  return "";
}

Result<ReinforceBaseline> ReinforceBaselineByName(const std::string& name) {
  for (const ReinforceBaseline baseline :
       {ReinforceBaseline::kNone, ReinforceBaseline::kMeanOfRest, ReinforceBaseline::kValue}) {
    if (name == NameOf(baseline)) return baseline;
  }
  return Error{StrCat("baseline '", name, "', wanted none, mean or value")};
}

std::vector<float> Advantages(std::span<const ReinforceGame> games, ReinforceBaseline baseline) {
  TENGEN_CHECK(baseline != ReinforceBaseline::kValue, "games have no value, positions do");
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

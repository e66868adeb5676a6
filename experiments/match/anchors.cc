#include "experiments/match/anchors.h"

#include <nlohmann/json.hpp>

#include "envs/core/registry.h"
#include "experiments/config/presets.h"

namespace tengen {

const std::vector<std::string>& AnchorAgents() {
  static const std::vector<std::string> agents = {"random", "mcts:50", "mcts:200", "mcts:800",
                                                  "mcts:3200"};
  return agents;
}

std::vector<Anchor> MeasuredAnchors(const std::string& game_id) {
  const nlohmann::json all = nlohmann::json::parse(AnchorsJson());
  std::vector<Anchor> anchors;
  for (const auto& [id, elo] : all.at("games").items()) {
    const auto game = MakeGame(id);
    if (!game || (*game)->spec().id != game_id) continue;
    for (const std::string& agent : AnchorAgents()) {
      if (elo.contains(agent)) anchors.push_back({agent, elo.at(agent).get<double>()});
    }
  }
  return anchors;
}

}  // namespace tengen

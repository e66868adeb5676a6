#include "experiments/match/anchors.h"

#include <nlohmann/json.hpp>

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
  const auto game = all.at("games").find(game_id);
  if (game == all.at("games").end()) return anchors;
  for (const std::string& agent : AnchorAgents()) {
    if (game->contains(agent)) anchors.push_back({agent, game->at(agent).get<double>()});
  }
  return anchors;
}

}  // namespace tengen

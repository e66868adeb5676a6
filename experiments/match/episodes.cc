#include "experiments/match/episodes.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "envs/core/index_threads.h"

namespace tengen {
namespace {

double PlayEpisode(const Game& game, Agent& agent, const EpisodesConfig& config, int index) {
  const auto number = static_cast<std::uint32_t>(index);
  const std::shared_ptr<const Game> drawn = game.WithStart(config.first_start + number);
  const std::unique_ptr<State> state = drawn ? drawn->NewState() : game.NewState();
  Rng rng(config.seed, RngRole::kMatch, number);
  agent.Restart();
  while (!IsOver(*state)) state->Apply(agent.Act(*state, rng).action);
  return state->Return(Player::kFirst);
}

}  // namespace

std::vector<double> PlayEpisodes(const Game& game, const AgentMaker& make_agent,
                                 const EpisodesConfig& config, const std::atomic<bool>* stop) {
  TENGEN_CHECK(game.spec().num_players == 1, game.spec().id, " has two players, wanted one");
  constexpr double kNotPlayed = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> returns(static_cast<std::size_t>(config.episodes), kNotPlayed);
  ForEachIndex(config.episodes, std::max(config.threads, 1), [&]() -> IndexWork {
    const std::shared_ptr<Agent> agent = make_agent();
    return [&, agent](int index) {
      if (stop != nullptr && stop->load()) return false;
      returns[static_cast<std::size_t>(index)] = PlayEpisode(game, *agent, config, index);
      return true;
    };
  });
  std::erase_if(returns, [](double value) { return value != value; });
  return returns;
}

}  // namespace tengen

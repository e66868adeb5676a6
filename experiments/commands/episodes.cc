#include "experiments/match/episodes.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/players/agent_spec.h"
#include "experiments/statistics/seed_statistics.h"

namespace tengen {
namespace {

struct EpisodesOptions {
  std::vector<std::string> agents;
  std::string game = "cartpole";
  int episodes = 20;
  unsigned first_start = 0;
  unsigned long long seed = 1;
  int threads = 0;
  std::string device = "cpu";
  bool json = false;
};

nlohmann::ordered_json Measure(const AgentFactory& factory, const Game& game,
                               const EpisodesOptions& options) {
  EpisodesConfig config;
  config.episodes = options.episodes;
  config.first_start = options.first_start;
  config.seed = options.seed;
  config.threads = ThreadCount(options.threads);
  const std::vector<double> returns = PlayEpisodes(
      game, [&factory] { return factory.Make(); }, config, &StopRequested());
  const std::string& name = factory.spec().text;
  if (returns.empty()) return {{"name", name}, {"episodes", 0}};
  const Interval mean = MeanInterval(returns);
  const auto [least, most] = std::minmax_element(returns.begin(), returns.end());
  std::FILE* out = AnswerStream(options.json);
  std::fprintf(out, "%-40s mean return %.1f", name.c_str(), mean.value);
  if (returns.size() > 1) {
    std::fprintf(out, " (95 %%, Student's t: %.1f to %.1f)", mean.low, mean.high);
  }
  std::fprintf(out, ", %g to %g, %zu episodes\n", *least, *most, returns.size());
  return {{"name", name},      {"value", mean.value},        {"unit", "return"},  {"low", mean.low},
          {"high", mean.high}, {"episodes", returns.size()}, {"returns", returns}};
}

void RunEpisodes(const EpisodesOptions& options) {
  const auto game = GameOrUsageError(options.game);
  if (game->spec().num_players != 1) {
    throw UsageError(game->spec().id + " is for two players, wanted a game for one");
  }
  const Device device = DeviceOption(options.device);
  std::vector<AgentFactory> agents;
  for (const std::string& text : options.agents) {
    agents.push_back(
        OrWorldError(AgentFactory::Open(OrUsageError(AgentSpec::Parse(text)), game, device)));
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const AgentFactory& agent : agents) rows.push_back(Measure(agent, *game, options));
  if (options.json) PrintJsonLine({{"game", game->spec().id}, {"rows", rows}});
}

}  // namespace

void AddEpisodesCommand(CLI::App& app) {
  auto options = std::make_shared<EpisodesOptions>();
  CLI::App* command = app.add_subcommand(
      "episodes", "Returns of agents in a game of one player, such as planning in cartpole");
  command->add_option("agents", options->agents, "Agents as in 'match'")->required();
  command->add_option("--game", options->game, "Game id or preset name")->capture_default_str();
  command->add_option("--episodes", options->episodes, "Episodes of each agent")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--first-start", options->first_start,
                   "Seed of the first start position; the others follow it")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the agents")
      ->capture_default_str()
      ->check(SeedNumber());
  command
      ->add_option("--parallel,--threads", options->threads,
                   "Episodes at once (default: processors)")
      ->check(NumberAbove(-1.0));
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the returns as JSON");
  command->callback([options] { RunEpisodes(*options); });
}

}  // namespace tengen

#include "experiments/match/exhaustive.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/players/agent_spec.h"

namespace tengen {
namespace {

struct ExhaustiveOptions {
  std::vector<std::string> agents;
  std::string game = "tictactoe";
  unsigned long long seed = 1;
  bool json = false;
};

nlohmann::ordered_json PlaySide(const Game& game, const AgentFactory& factory, Player player,
                                std::uint64_t seed, std::FILE* out) {
  const auto agent = factory.Make();
  const char* side = player == Player::kFirst ? "first" : "second";
  std::fprintf(stderr, "%s as %s player ...\n", factory.spec().text.c_str(), side);
  const ExhaustiveResult result = PlayEveryLine(game, *agent, player, seed, &StopRequested());
  std::string lost;
  for (const Action action : result.first_lost_line) lost += game.ActionText(action) + " ";
  char walked[64] = "";
  if (!result.complete) {
    std::snprintf(walked, sizeof(walked),
                  "stopped after %.2g %% of the tree: ", 100.0 * result.walked);
  }
  std::fprintf(out, "%s as %s player: %s%lld lines, %lld won, %lld drawn, %lld lost%s%s%s\n",
               factory.spec().text.c_str(), side, walked, static_cast<long long>(result.lines),
               static_cast<long long>(result.wins), static_cast<long long>(result.draws),
               static_cast<long long>(result.losses), result.complete ? "" : " so far",
               lost.empty() ? "" : "; first lost line: ", lost.c_str());
  return {{"agent", factory.spec().text}, {"side", side},
          {"complete", result.complete},  {"walked", result.walked},
          {"lines", result.lines},        {"wins", result.wins},
          {"draws", result.draws},        {"losses", result.losses},
          {"positions", result.positions}};
}

void RunExhaustive(const ExhaustiveOptions& options) {
  const auto& stop = StopRequested();
  const auto game = GameOrUsageError(options.game);
  if (game->spec().num_players != 2) {
    throw UsageError(game->spec().id + " is for one player, wanted a game for two");
  }
  std::vector<AgentFactory> agents;
  for (const std::string& text : options.agents) {
    const AgentSpec spec = OrUsageError(AgentSpec::Parse(text));
    if (spec.kind == AgentSpec::Kind::kProgram) {
      throw UsageError("agent '" + text + "' is an outside program, wanted another agent");
    }
    agents.push_back(OrWorldError(AgentFactory::Open(spec, game, Device::kCpu)));
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const AgentFactory& factory : agents) {
    for (const Player player : {Player::kFirst, Player::kSecond}) {
      if (stop) break;
      rows.push_back(PlaySide(*game, factory, player, options.seed, AnswerStream(options.json)));
    }
  }
  const std::size_t sides = 2 * options.agents.size();
  if (rows.size() < sides) {
    std::fprintf(stderr, "stopped; %zu of %zu sides were begun\n", rows.size(), sides);
  }
  if (options.json) PrintJsonLine({{"game", game->spec().id}, {"sides", sides}, {"rows", rows}});
}

}  // namespace

void AddExhaustiveCommand(CLI::App& app) {
  auto options = std::make_shared<ExhaustiveOptions>();
  CLI::App* command = app.add_subcommand(
      "exhaustive", "Play agents against every line of opponent moves in a small game");
  command
      ->add_option("agents", options->agents,
                   "Agents as in 'match'; use ,symmetry=fixed for networks")
      ->required();
  command->add_option("--game", options->game, "Game id or preset name")->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the agents")
      ->capture_default_str()
      ->check(SeedNumber());
  command->add_flag("--json", options->json, "Last line on stdout: the counts as JSON");
  command->callback([options] { RunExhaustive(*options); });
}

}  // namespace tengen

#include "experiments/match/match.h"

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/agent_spec.h"
#include "experiments/match/rating.h"

namespace tengen {
namespace {

struct MatchOptions {
  std::string a;
  std::string b;
  std::string game = "go5";
  std::string device = "cpu";
  int games = 100;
  int opening_plies = 2;
  int threads = 0;
  unsigned long long seed = 1;
  bool json = false;
};

nlohmann::ordered_json IntervalJson(const Interval& interval) {
  return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

// How often each first move of the agents was chosen, as text.
std::map<std::string, int> FirstMoves(const Game& game, const MatchResult& result) {
  std::map<std::string, int> counts;
  for (const MatchGame& g : result.games) {
    const std::size_t ply = static_cast<std::size_t>(g.opening_plies);
    if (ply < g.moves.size()) ++counts[game.ActionText(g.moves[ply])];
  }
  return counts;
}

void PrintResult(const MatchOptions& options, const Game& game, const MatchResult& result) {
  const Interval score = WilsonInterval(result.points(), result.count());
  const Interval elo = EloInterval(result.points(), result.count());
  std::fprintf(stderr,
               "%s against %s, %s: %d wins, %d draws, %d losses of %d\n"
               "score %.1f %% (95 %%: %.1f to %.1f), Elo %+.0f (%+.0f to %+.0f); first player won "
               "%d\n",
               options.a.c_str(), options.b.c_str(), game.spec().id.c_str(), result.wins,
               result.draws, result.losses, result.count(), 100 * score.value, 100 * score.low,
               100 * score.high, elo.value, elo.low, elo.high, result.first_player_wins);
  if (!options.json) return;
  PrintJsonLine({{"a", options.a},
                 {"b", options.b},
                 {"game", game.spec().id},
                 {"games", result.count()},
                 {"wins", result.wins},
                 {"draws", result.draws},
                 {"losses", result.losses},
                 {"first_player_wins", result.first_player_wins},
                 {"score", IntervalJson(score)},
                 {"elo", IntervalJson(elo)},
                 {"first_moves", FirstMoves(game, result)},
                 {"seed", options.seed},
                 {"opening_plies", options.opening_plies}});
}

void RunMatch(const MatchOptions& options) {
  const auto game = GameOrUsageError(options.game);
  if (game->spec().num_players != 2) {
    throw UsageError(game->spec().id + " is for one player, wanted a game for two");
  }
  const Device device = OrUsageError(ParseDevice(options.device));
  const AgentSpec spec_a = OrUsageError(AgentSpec::Parse(options.a));
  const AgentSpec spec_b = OrUsageError(AgentSpec::Parse(options.b));
  const AgentFactory a = OrWorldError(AgentFactory::Open(spec_a, game, device));
  const AgentFactory b = OrWorldError(AgentFactory::Open(spec_b, game, device));
  MatchConfig config;
  config.games = options.games;
  config.opening_plies = options.opening_plies;
  config.seed = options.seed;
  config.threads = ThreadCount(options.threads);
  int shown = 0;
  const auto progress = [&shown, &options](const MatchResult& result) {
    const int tenth = result.count() * 10 / options.games;
    if (tenth <= shown) return;
    shown = tenth;
    std::fprintf(stderr, "  %d games: +%d =%d -%d\n", result.count(), result.wins, result.draws,
                 result.losses);
  };
  const MatchResult result = PlayMatch(
      *game, [&a] { return a.Make(); }, [&b] { return b.Make(); }, config, &StopRequested(),
      progress);
  PrintResult(options, *game, result);
}

}  // namespace

void AddMatchCommand(CLI::App& app) {
  auto options = std::make_shared<MatchOptions>();
  CLI::App* command = app.add_subcommand(
      "match", "Play two agents against each other: paired openings, score and Elo with intervals");
  const char* agents =
      "random, mcts:ROLLOUTS, run:FOLDER[@STEP] or katago:FILE; options: ,visits=N (0: raw "
      "policy), "
      ",symmetry=fixed, ,batch=K";
  command->add_option("a", options->a, agents)->required();
  command->add_option("b", options->b, agents)->required();
  command->add_option("--game", options->game, "Game id or preset name")->capture_default_str();
  command->add_option("--games", options->games, "Number of games, in colour-swapped pairs")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--opening-plies", options->opening_plies, "Random moves before each game")
      ->capture_default_str()
      ->check(NumberAbove(-1.0));
  command->add_option("--seed", options->seed, "Seed of openings and agents")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Games at once (default: processors)")
      ->check(NumberAbove(-1.0));
  command->add_option("--device", options->device, "cpu or cuda")->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the result as JSON");
  command->callback([options] { RunMatch(*options); });
}

}  // namespace tengen

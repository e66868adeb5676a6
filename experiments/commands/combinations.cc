#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/alphago/combination_table.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/games_at_once.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

struct CombinationsOptions {
  std::string run;
  std::string game = "go:size=9,komi=7";
  std::string policy = "sl";
  std::string device = "cpu";
  CombinationLimits limits;
  int games = 400;
  int opening_plies = 2;
  ParallelGames parallel;
  unsigned long long seed = 1;
  bool lambda = false;
  bool json = false;
};

// What `tengen report` shows.
std::filesystem::path TableFile(const CombinationsOptions& options) {
  return options.lambda ? LambdaFile(options.run) : PartsFile(options.run);
}

void RunCombinations(const CombinationsOptions& options) {
  const auto game = GameOrUsageError(options.game);
  const Device device = DeviceOption(options.device);
  if (!std::filesystem::is_directory(options.run)) {
    throw WorldError(options.run + " is not there, wanted a run folder of 'train alphago9'");
  }
  MatchConfig match;
  match.games = options.games;
  match.opening_plies = options.opening_plies;
  match.seed = options.seed;
  const CombinationPlan plan = options.lambda
                                   ? LambdaPlan(options.run, options.policy, options.limits)
                                   : PartsPlan(options.run, options.policy, options.limits);
  const auto& stop = StopRequested();
  const auto show = [](const CombinationPlayer& a, const CombinationPlayer& b,
                       const Pentanomial& pairs) {
    const Interval score = ScoreInterval(pairs);
    std::fprintf(stderr, "  %s against %s: %.1f %% (%.1f to %.1f) of %lld games\n", a.name.c_str(),
                 b.name.c_str(), 100.0 * score.value, 100.0 * score.low, 100.0 * score.high,
                 static_cast<long long>(2 * pairs.pairs()));
  };
  const auto file = std::filesystem::path(options.run) / "combinations.json";
  const CombinationResult result =
      OrWorldError(PlayCombinations(game, plan, match, options.parallel, device, file, stop, show));
  std::FILE* out = AnswerStream(options.json);
  if (stop) std::fprintf(stderr, "stopped; the same command goes on behind the last whole match\n");
  std::fprintf(out, "\n%s, Elo with 95 %% intervals, %s = 0:\n%s", game->spec().id.c_str(),
               plan.players.back().name.c_str(), CombinationText(result).c_str());
  nlohmann::ordered_json json = CombinationJson(result);
  json["game"] = game->spec().id;
  json["games"] = options.games;
  json["stopped"] = stop.load();
  if (!stop) WriteFileAtomically(TableFile(options), json.dump(2) + "\n");
  if (options.json) PrintJsonLine(json);
}

}  // namespace

void AddCombinationsCommand(CLI::App& app) {
  auto options = std::make_shared<CombinationsOptions>();
  CLI::App* command = app.add_subcommand(
      "combinations",
      "Elo of AlphaGo's parts together and alone: policy network, value network, rollouts");
  command->add_option("run", options->run, "Run folder of 'train alphago9'")->required();
  command->add_flag("--lambda", options->lambda,
                    "All parts with rollouts' share in a leaf's value from 0 to 1 instead");
  command
      ->add_option("--policy", options->policy, "The policy network: sl, or rl (after REINFORCE)")
      ->capture_default_str()
      ->check(CLI::IsMember({"sl", "rl"}));
  command->add_option("--game", options->game, "Game of Go")->capture_default_str();
  command->add_option("--visits", options->limits.visits, "Simulations a move")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--seconds", options->limits.seconds, "Time a move instead of simulations")
      ->check(NumberAbove(0.0));
  command
      ->add_option("--c-init", options->limits.c_init,
                   "PUCT's constant, for returns in [0, 1] (default: that of alphago:)")
      ->check(NumberAbove(0.0));
  command->add_option("--games", options->games, "Games for each pair of players")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--opening-plies", options->opening_plies, "Random moves before each game")
      ->capture_default_str()
      ->check(NumberAbove(-1.0));
  command->add_option("--seed", options->seed, "Seed of openings and agents")
      ->capture_default_str()
      ->check(SeedNumber());
  AddParallelOptions(*command, options->parallel);
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the table as JSON");
  command->callback([options] { RunCombinations(*options); });
}

}  // namespace tengen

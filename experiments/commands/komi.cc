#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/games_at_once.h"
#include "experiments/match/match.h"
#include "experiments/match/opponents.h"
#include "experiments/players/agent_spec.h"
#include "experiments/study/fair_komi.h"
#include "experiments/study/known_boards.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

struct KomiOptions {
  std::string agent;
  std::string boards =
      "2x2,2x3,2x4,2x5,3x3,3x4,3x5,3x6,3x7,4x4,4x5,4x6,4x7,5x5,5x6,5x7,6x6,6x7,7x7";
  std::string rules;
  std::string device = "cpu";
  std::string page;
  int games = 10;
  ParallelGames parallel;
  unsigned long long seed = 1;
  bool json = false;
};

std::string GameText(const KomiOptions& options, BoardShape shape, double komi) {
  return StrCat("go:size=", BoardText(shape), ",komi=", komi, options.rules.empty() ? "" : ",",
                options.rules);
}

// One komi of one board: the agent against itself from the empty board. Its games differ by the
// symmetries in which a network sees positions, or by its rollouts.
KomiTrial PlayKomi(const KomiOptions& options, AgentSpec spec, Device device, BoardShape shape,
                   double komi) {
  const auto game = GameOrUsageError(GameText(options, shape, komi));
  const GamesAtOnce at_once = PlanGamesAtOnce(spec, spec, options.parallel);
  spec.gathers = at_once.gathers();
  const AgentFactory agent = OrWorldError(AgentFactory::Open(spec, game, device));
  MatchConfig config;
  config.games = options.games;
  config.opening_plies = 0;
  config.seed = options.seed;
  config.Use(at_once);
  const MatchResult result = PlayMatch(*game, OpponentsOf(agent, agent), config, &StopRequested());
  return {komi, result.count(), result.first_player_wins + 0.5 * result.draws};
}

FairKomi MeasureBoard(const KomiOptions& options, const AgentSpec& spec, Device device,
                      BoardShape shape) {
  const FairKomi found = FindFairKomi(shape, [&](double komi) -> std::optional<KomiTrial> {
    const KomiTrial trial = PlayKomi(options, spec, device, shape, komi);
    if (StopRequested()) return std::nullopt;
    std::fprintf(stderr, "  %s, komi %g: Black has %g of %d\n", BoardText(shape).c_str(), komi,
                 trial.black_points, trial.games);
    return trial;
  });
  if (found.komi) {
    std::fprintf(stderr, "%s: fair komi %d\n", BoardText(shape).c_str(), *found.komi);
  }
  return found;
}

void RunKomi(const KomiOptions& options) {
  const std::vector<BoardShape> shapes = OrUsageError(ParseBoards(options.boards));
  const Device device = DeviceOption(options.device);
  const AgentSpec spec = OrUsageError(AgentSpec::Parse(options.agent));
  if (spec.kind == AgentSpec::Kind::kProgram) {
    throw UsageError("agent '" + options.agent + "' is an outside program, wanted another agent");
  }
  for (const BoardShape shape : shapes) {  // all of them, before hours go into the first
    const auto game = GameOrUsageError(GameText(options, shape, 0.5));
    OrWorldError(AgentFactory::Open(spec, game, device));
  }
  std::vector<FairKomi> boards;
  for (const BoardShape shape : shapes) {
    if (StopRequested()) break;
    boards.push_back(MeasureBoard(options, spec, device, shape));
    if (!options.page.empty()) {
      WriteFileAtomically(options.page, FairKomiPage(options.agent, boards));
    }
  }
  if (StopRequested()) {
    std::fprintf(stderr, "stopped; %zu of %zu boards were begun\n", boards.size(), shapes.size());
  }
  std::fprintf(AnswerStream(options.json), "\n%s", FairKomiTable(boards).c_str());
  if (!options.json) return;
  nlohmann::ordered_json json = FairKomiJson(boards);
  json["agent"] = options.agent;
  json["seed"] = options.seed;
  PrintJsonLine(json);
}

}  // namespace

void AddKomiCommand(CLI::App& app) {
  auto options = std::make_shared<KomiOptions>();
  CLI::App* command = app.add_subcommand(
      "komi",
      "The komi at which an agent's games against itself are even, for small boards of Go, beside "
      "what is known of them");
  command
      ->add_option(
          "agent", options->agent,
          "As in 'match'; a network for all these boards, such as run:runs/go-komi,visits=400")
      ->required();
  command->add_option("--boards", options->boards, "ROWSxCOLUMNS, separated by commas")
      ->capture_default_str();
  command
      ->add_option("--games", options->games, "Games at each komi; a board takes 3 to 7 of these")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--rules", options->rules,
                      "Options of the game, such as ko=simple (default: those of 'go')");
  command->add_option("--page", options->page, "Write an HTML page with a picture to this file");
  command->add_option("--seed", options->seed, "Seed of the agents")
      ->capture_default_str()
      ->check(SeedNumber());
  AddParallelOptions(*command, options->parallel);
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: found and known values as JSON");
  command->callback([options] { RunKomi(*options); });
}

}  // namespace tengen

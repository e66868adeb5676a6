#include "experiments/match/ladder.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/match_sgf.h"
#include "experiments/runs/run_folder.h"

namespace tengen {
namespace {

struct LadderOptions {
  std::vector<std::string> agents;
  std::string run;
  std::string game = "go5";
  std::string device = "cpu";
  std::string gnugo;
  std::string katago;
  int points = 6;
  int visits = 100;
  int games = 100;
  int opening_plies = 2;
  int threads = 0;
  unsigned long long seed = 1;
  bool measure_anchors = false;
  bool json = false;
};

// Checkpoints of a run, evenly spaced, first and last included.
std::vector<std::string> CheckpointAgents(const LadderOptions& options) {
  const std::vector<std::int64_t> steps = RunFolder::Checkpoints(options.run);
  if (steps.empty()) throw WorldError("no checkpoints in " + options.run + ", wanted a run folder");
  std::vector<std::string> agents;
  const int count = std::min<int>(std::max(options.points, 2), static_cast<int>(steps.size()));
  for (int i = 0; i < count; ++i) {
    const std::size_t index = count == 1 ? 0
                                         : static_cast<std::size_t>(i) * (steps.size() - 1) /
                                               static_cast<std::size_t>(count - 1);
    agents.push_back(
        StrCat("run:", AgentWord(options.run), "@", steps[index], ",visits=", options.visits));
  }
  return agents;
}

void ShowPair(const LadderPair& pair) {
  std::fprintf(stderr, "  %s against %s: +%d =%d -%d\n", pair.a.c_str(), pair.b.c_str(),
               pair.result.wins, pair.result.draws, pair.result.losses);
  for (const MatchGame& game : pair.result.games) {
    if (game.end != MatchEnd::kFailure) continue;
    std::fprintf(stderr, "    game %d: %s\n", game.index + 1,
                 EndText(game, {pair.a, pair.b}).c_str());
  }
}

void PrintEntries(const LadderOptions& options, const Game& game,
                  const std::vector<LadderEntry>& entries) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::fprintf(stderr, "\n%s, random = 0:\n", game.spec().id.c_str());
  for (const LadderEntry& entry : entries) {
    std::fprintf(stderr, "  %-40s %5.0f +- %.0f\n", entry.agent.c_str(), entry.rating.elo,
                 entry.rating.half_width);
    rows.push_back({{"name", entry.agent},
                    {"elo", entry.rating.elo},
                    {"half_width", entry.rating.half_width}});
  }
  if (options.json) PrintJsonLine({{"game", game.spec().id}, {"rows", rows}});
}

void ShowMissing(const std::vector<std::string>& missing) {
  for (const std::string& sentence : missing) std::fprintf(stderr, "%s\n", sentence.c_str());
}

std::vector<LadderEntry> MeasureAll(const LadderOptions& options,
                                    const std::shared_ptr<const Game>& game,
                                    const MatchConfig& match) {
  const OutsidePrograms programs = OutsidePrograms::Find(options.gnugo, options.katago);
  std::vector<Anchor> anchors;
  for (const std::string& name : AnchorNames(*game)) {
    const auto agent = AnchorAgent(name, *game, programs);
    if (agent) {
      anchors.push_back({name, *agent});
    } else {
      ShowMissing({agent.error()});
    }
  }
  return OrWorldError(MeasureAnchors(game, anchors, match, &StopRequested(), ShowPair));
}

std::vector<Anchor> AnchorsFor(const LadderOptions& options,
                               const std::shared_ptr<const Game>& game, const MatchConfig& match) {
  const OutsidePrograms programs = OutsidePrograms::Find(options.gnugo, options.katago);
  std::vector<std::string> missing;
  std::vector<Anchor> anchors = MeasuredAnchors(*game, programs, &missing);
  ShowMissing(missing);
  if (!anchors.empty()) return anchors;
  std::fprintf(stderr, "The anchors of %s were never measured; measuring them first.\n",
               game->spec().id.c_str());
  for (const LadderEntry& entry : MeasureAll(options, game, match)) {
    anchors.push_back(
        {entry.agent, OrWorldError(AnchorAgent(entry.agent, *game, programs)), entry.rating.elo});
  }
  return anchors;
}

void RunLadder(LadderOptions options) {
  const auto game = GameOrUsageError(options.game);
  const Device device = OrUsageError(ParseDevice(options.device));
  MatchConfig match;
  match.games = options.games;
  match.opening_plies = options.opening_plies;
  match.seed = options.seed;
  match.threads = ThreadCount(options.threads);
  std::vector<LadderEntry> entries;
  if (options.measure_anchors) {
    entries = MeasureAll(options, game, match);
  } else {
    if (!options.run.empty()) {
      for (std::string& agent : CheckpointAgents(options)) {
        options.agents.push_back(std::move(agent));
      }
    }
    if (options.agents.empty()) {
      throw UsageError("ladder got no agent, wanted agents, --run FOLDER or --measure-anchors");
    }
    std::vector<AgentFactory> agents;
    for (const std::string& text : options.agents) {
      agents.push_back(
          OrWorldError(AgentFactory::Open(OrUsageError(AgentSpec::Parse(text)), game, device)));
    }
    const std::vector<Anchor> anchors = AnchorsFor(options, game, match);
    for (const AgentFactory& agent : agents) {
      entries.push_back(
          OrWorldError(PlaceOnLadder(game, agent, anchors, match, &StopRequested(), ShowPair)));
    }
  }
  PrintEntries(options, *game, entries);
}

}  // namespace

void AddLadderCommand(CLI::App& app) {
  auto options = std::make_shared<LadderOptions>();
  CLI::App* command = app.add_subcommand(kLadderText.name, kLadderText.summary);
  command->add_option("agents", options->agents, "Agents as in 'match'");
  command->add_option("--run", options->run, "Run folder whose checkpoints to place");
  command->add_option("--points", options->points, "With --run: how many checkpoints")
      ->capture_default_str();
  command->add_option("--visits", options->visits, "With --run: simulations a move, 0: raw policy")
      ->capture_default_str();
  command->add_option("--game", options->game, "Game id or preset name")->capture_default_str();
  command->add_option("--games", options->games, "Games for each pair")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--opening-plies", options->opening_plies, "Random moves before each game")
      ->capture_default_str()
      ->check(NumberAbove(-1.0));
  command->add_option("--seed", options->seed, "Seed of openings and agents")
      ->capture_default_str();
  command
      ->add_option("--parallel,--threads", options->threads, "Games at once (default: processors)")
      ->check(NumberAbove(-1.0));
  command->add_option("--device", options->device, "cpu or cuda")->capture_default_str();
  command->add_option("--gnugo", options->gnugo, "GNU Go (default: in $PATH or /usr/games)");
  command
      ->add_option(
          "--katago", options->katago,
          "KataGo's network g170-b6c96-s175395328-d26788732.bin.gz, or the folder it is in")
      ->envname("TENGEN_KATAGO_DATA");
  command->add_flag("--measure-anchors", options->measure_anchors,
                    "Measure the anchors themselves instead");
  command->add_flag("--json", options->json, "Last line on stdout: the table as JSON");
  command->callback([options] { RunLadder(*options); });
}

}  // namespace tengen

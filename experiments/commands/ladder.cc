#include "experiments/match/ladder.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/games_at_once.h"
#include "experiments/match/match_sgf.h"
#include "experiments/players/anchor_file.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

struct LadderOptions {
  std::vector<std::string> agents;
  std::string run;
  std::string game = "go5";
  std::string device = "cpu";
  std::string anchors;
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

void ShowFailures(const LadderPair& pair) {
  for (const MatchGame& game : pair.result.games) {
    if (game.end != MatchEnd::kFailure) continue;
    std::fprintf(stderr, "    game %d: %s\n", game.index + 1,
                 EndText(game, {pair.a, pair.b}).c_str());
  }
}

void ShowPair(const LadderPair& pair) {
  std::fprintf(stderr, "  %s against %s: +%d =%d -%d\n", pair.a.c_str(), pair.b.c_str(),
               pair.result.wins, pair.result.draws, pair.result.losses);
  ShowFailures(pair);
}

void ShowMissing(const std::vector<std::string>& missing) {
  for (const std::string& sentence : missing) std::fprintf(stderr, "%s\n", sentence.c_str());
}

AnchorFile FileOf(const LadderOptions& options) {
  return options.anchors.empty() ? AnchorFile() : OrWorldError(AnchorFile::Read(options.anchors));
}

// What the file holds of the game, or an empty record.
AnchorRecord RecordToGoOn(const LadderOptions& options, const AnchorFile& file,
                          const std::string& game_id) {
  const AnchorRecord* known = file.record(game_id);
  if (known == nullptr) return {options.games, options.opening_plies, options.seed, {}};
  if (known->seed != options.seed || known->opening_plies != options.opening_plies) {
    throw UsageError(StrCat(options.anchors, " holds matches of ", game_id, " with --seed ",
                            known->seed, " --opening-plies ", known->opening_plies,
                            ", wanted the same or a file without them"));
  }
  AnchorRecord record = *known;
  record.games = std::max(known->games, options.games);
  return record;
}

// Plays what is missing of the matches between anchors; with --anchors the file is kept up to date.
AnchorRecord MeasureAll(const LadderOptions& options, const std::shared_ptr<const Game>& game,
                        const OutsidePrograms& programs) {
  std::vector<Anchor> anchors;
  for (const std::string& name : AnchorNames(*game)) {
    const auto agent = AnchorAgent(name, *game, programs);
    if (agent) {
      anchors.push_back({name, *agent});
    } else {
      ShowMissing({agent.error()});
    }
  }
  const std::string& id = game->spec().id;
  AnchorFile file = FileOf(options);
  AnchorRecord record = RecordToGoOn(options, file, id);
  const auto played = [&](const LadderPair& pair) {
    const auto match =
        std::find_if(record.matches.begin(), record.matches.end(),
                     [&pair](const AnchorMatch& m) { return m.a == pair.a && m.b == pair.b; });
    std::fprintf(stderr, "  %s against %s: +%d =%d -%d, %lld of %d games\n", pair.a.c_str(),
                 pair.b.c_str(), pair.result.wins, pair.result.draws, pair.result.losses,
                 static_cast<long long>(2 * match->pairs.pairs()), record.games);
    ShowFailures(pair);
    if (options.anchors.empty()) return;
    file.Set(id, record);
    WriteFileAtomically(options.anchors, file.Text());
  };
  const Status status =
      MeasureAnchors(game, anchors, ThreadCount(options.threads), record, &StopRequested(), played);
  if (!status) throw WorldError(status.error());
  if (!StopRequested()) return record;
  std::fprintf(stderr, "stopped; %s\n",
               options.anchors.empty() ? "nothing is kept, --anchors FILE keeps what was played"
                                       : "the same command goes on");
  return record;
}

AnchorList AnchorsFor(const LadderOptions& options, const std::shared_ptr<const Game>& game) {
  const OutsidePrograms programs =
      OrWorldError(OutsidePrograms::Find(options.gnugo, options.katago));
  std::vector<std::string> missing;
  AnchorList list = options.anchors.empty() ? MeasuredAnchors(*game, programs, &missing)
                                            : ListOf(FileOf(options), *game, programs, &missing);
  ShowMissing(missing);
  if (!list.anchors.empty()) return list;
  std::fprintf(stderr, "The anchors of %s were never measured; measuring them first.\n",
               game->spec().id.c_str());
  return ListOf(MeasureAll(options, game, programs), *game, programs, nullptr);
}

// The players `first`, first + 1, ... of a fit; those without a rating by name alone.
void PrintRatings(const LadderOptions& options, const std::string& game_id,
                  const std::vector<std::string>& names, const RatingFit& fit, std::size_t first,
                  bool anchor_errors) {
  std::FILE* out = AnswerStream(options.json);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  nlohmann::ordered_json not_played = nlohmann::ordered_json::array();
  std::fprintf(out, "\n%s, random = 0, with 95 %% intervals:\n", game_id.c_str());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& rating = fit.ratings()[first + i];
    if (!rating) {
      std::fprintf(out, "  %-40s  not played\n", names[i].c_str());
      not_played.push_back(names[i]);
      continue;
    }
    std::fprintf(out, "  %-40s %5.0f +- %.0f", names[i].c_str(), rating->elo, rating->half_width);
    nlohmann::ordered_json row = {
        {"name", names[i]}, {"elo", rating->elo}, {"half_width", rating->half_width}};
    if (const auto above = i == 0 ? std::nullopt : fit.Difference(first + i, first + i - 1)) {
      std::fprintf(out, "; to the one above %+.0f +- %.0f", above->elo, above->half_width);
      row["to_previous"] = {{"elo", above->elo}, {"half_width", above->half_width}};
    }
    std::fputc('\n', out);
    rows.push_back(std::move(row));
  }
  if (!anchor_errors) {
    std::fprintf(out,
                 "The errors of the anchors themselves are unknown and not in the intervals; "
                 "--measure-anchors --anchors FILE measures them.\n");
  }
  if (!options.json) return;
  PrintJsonLine({{"game", game_id},
                 {"rows", rows},
                 {"not_played", not_played},
                 {"anchor_errors", anchor_errors},
                 {"stopped", StopRequested().load()}});
}

void RunMeasurement(const LadderOptions& options, const std::shared_ptr<const Game>& game) {
  const OutsidePrograms programs =
      OrWorldError(OutsidePrograms::Find(options.gnugo, options.katago));
  const AnchorList list = ListOf(MeasureAll(options, game, programs), *game, programs, nullptr);
  std::vector<std::string> names;
  for (const Anchor& anchor : list.anchors) names.push_back(anchor.name);
  for (const std::string& name : AnchorNames(*game)) {
    if (AnchorAgent(name, *game, programs) && std::ranges::count(names, name) == 0) {
      names.push_back(name);
    }
  }
  const int unrated = static_cast<int>(names.size() - list.anchors.size());
  PrintRatings(options, game->spec().id, names, list.Rate(unrated, {}), 0, true);
}

void RunLadder(LadderOptions options) {
  const auto& stop = StopRequested();
  const auto game = GameOrUsageError(options.game);
  const Device device = DeviceOption(options.device);
  if (options.measure_anchors) return RunMeasurement(options, game);
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
    AgentSpec spec = OrUsageError(AgentSpec::Parse(text));
    spec.gathers = PlanGamesAtOnce(spec, spec, {.threads = options.threads}).gathers();
    agents.push_back(OrWorldError(AgentFactory::Open(spec, game, device)));
  }
  MatchConfig match;
  match.games = options.games;
  match.opening_plies = options.opening_plies;
  match.seed = options.seed;
  match.threads = ThreadCount(options.threads);
  const AnchorList anchors = AnchorsFor(options, game);
  std::vector<LadderEntry> entries;
  for (const AgentFactory& agent : agents) {
    if (stop) {
      entries.push_back({agent.spec().text, {}});
      continue;
    }
    entries.push_back(OrWorldError(PlaceOnLadder(game, agent, anchors, match, &stop, ShowPair)));
  }
  if (stop) std::fprintf(stderr, "stopped; the table is of what was played\n");
  PrintRatings(options, game->spec().id, options.agents, RateLadder(anchors, entries),
               anchors.anchors.size(), anchors.errors_known());
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
      ->capture_default_str()
      ->check(SeedNumber());
  command->add_option("--threads,--parallel", options->threads, "Processors to use (default: all)")
      ->check(NumberAbove(-1.0));
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_option("--gnugo", options->gnugo, "GNU Go (default: in $PATH or /usr/games)");
  command
      ->add_option(
          "--katago", options->katago,
          "KataGo's network g170-b6c96-s175395328-d26788732.bin.gz, or the folder it is in")
      ->envname("TENGEN_KATAGO_DATA");
  command->add_flag("--measure-anchors", options->measure_anchors,
                    "Measure the anchors themselves instead: each against the next two");
  command->add_option("--anchors", options->anchors,
                      "File of the anchors' results instead of those built in; with "
                      "--measure-anchors they are added to it as they come, and a stopped "
                      "measurement goes on");
  command->add_flag("--json", options->json, "Last line on stdout: the table as JSON");
  command->callback([options] { RunLadder(*options); });
}

}  // namespace tengen

#include "experiments/match/match.h"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/games_at_once.h"
#include "experiments/match/match_sgf.h"
#include "experiments/match/match_text.h"
#include "experiments/match/opponents.h"
#include "experiments/players/agent_spec.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

struct MatchOptions {
  std::string a;
  std::string b;
  std::string game = "go5";
  std::string device = "cpu";
  std::string openings;
  std::string sprt;
  std::string sgf;
  int games = 100;
  int opening_plies = 2;
  ParallelGames parallel;
  unsigned long long seed = 1;
  bool json = false;
};

// Records of another match beside those of this one would be taken for its own.
void MakeRecordFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw WorldError(StrCat("cannot make the folder ", folder, ": ", error.message()));
  for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    if (!file->path().filename().string().starts_with("game-")) continue;
    throw WorldError(StrCat("--sgf ", folder, " holds ", file->path().filename(),
                            " of another match, wanted a folder without records"));
  }
}

std::string AgentText(const AgentFactory& agent) {
  return agent.spec().text + (agent.program().empty() ? "" : " (" + agent.program() + ")");
}

// The names in the object are the agents as they were written.
void PrintJson(const MatchOptions& options, const AgentFactory& a, const AgentFactory& b,
               const Game& game, const MatchResult& result) {
  nlohmann::ordered_json json = MatchJson(game, {options.a, options.b}, result);
  json["seed"] = options.seed;
  json["opening_plies"] = options.opening_plies;
  if (!a.program().empty()) json["program_a"] = a.program();
  if (!b.program().empty()) json["program_b"] = b.program();
  PrintJsonLine(json);
}

// Shows how the match goes and saves its games.
class Reporter {
 public:
  Reporter(const MatchOptions& options, const Game& game, const MatchNames& names)
      : options_(options), game_(game), names_(names) {}

  void operator()(const MatchResult& result) {
    const MatchGame& last = result.games.back();
    if (last.end == MatchEnd::kFailure) {
      std::fprintf(stderr, "  game %d: %s\n", last.index + 1, EndText(last, names_).c_str());
    }
    if (!options_.sgf.empty()) {
      const auto& go = static_cast<const GoGame&>(game_);
      WriteFileAtomically(PathOf(last.index), MatchGameSgf(go, last, names_));
      saved_.push_back(last.index);
    }
    // With a network that may be most games of the match, and take minutes.
    if (StopRequested() && !stopping_) {
      stopping_ = true;
      std::fputs(
          "stopping after the games under way; Ctrl-C again ends at once, without a result\n",
          stderr);
    }
    const int tenth = result.count() * 10 / options_.games;
    if (tenth <= shown_) return;
    shown_ = tenth;
    std::fprintf(stderr, "  %d games: +%d =%d -%d", result.count(), result.wins, result.draws,
                 result.losses);
    if (result.sprt) {
      std::fprintf(stderr, ", LLR %.2f (%.2f to %.2f)", result.sprt->llr(), result.sprt->lower(),
                   result.sprt->upper());
    }
    std::fputc('\n', stderr);
  }

  // Removes the records of games that a sequential test did without after all.
  void KeepOnly(const MatchResult& result) const {
    std::set<int> counted;
    for (const MatchGame& game : result.games) counted.insert(game.index);
    for (const int index : saved_) {
      std::error_code ignored;
      if (!counted.contains(index)) std::filesystem::remove(PathOf(index), ignored);
    }
  }

 private:
  std::filesystem::path PathOf(int index) const {
    char name[32];
    std::snprintf(name, sizeof(name), "game-%05d.sgf", index + 1);
    return std::filesystem::path(options_.sgf) / name;
  }

  const MatchOptions& options_;
  const Game& game_;
  const MatchNames names_;
  std::vector<int> saved_;  // indices of games
  int shown_ = 0;
  bool stopping_ = false;  // it was said
};

MatchConfig ConfigOf(const MatchOptions& options, const Game& game) {
  MatchConfig config;
  config.games = options.games;
  config.opening_plies = options.opening_plies;
  config.seed = options.seed;
  if (!options.sprt.empty()) config.sprt = OrUsageError(SprtConfig::Parse(options.sprt));
  const auto* go = dynamic_cast<const GoGame*>(&game);
  if (go == nullptr && !(options.sgf + options.openings).empty()) {
    throw UsageError(game.spec().id + " has no SGF, wanted go with --sgf and --openings");
  }
  if (!options.openings.empty()) {
    config.openings = OrWorldError(
        ReadOpenings(*go, options.openings, (options.games + 1) / 2, options.opening_plies));
  }
  if (!options.sgf.empty()) MakeRecordFolder(options.sgf);
  return config;
}

void RunMatch(const MatchOptions& options) {
  const auto game = GameOrUsageError(options.game);
  if (game->spec().num_players != 2) {
    throw UsageError(game->spec().id + " is for one player, wanted a game for two");
  }
  const Device device = DeviceOption(options.device);
  AgentSpec spec_a = OrUsageError(AgentSpec::Parse(options.a));
  AgentSpec spec_b = OrUsageError(AgentSpec::Parse(options.b));
  MatchConfig config = ConfigOf(options, *game);
  const GamesAtOnce at_once = PlanGamesAtOnce(spec_a, spec_b, options.parallel);
  config.Use(at_once);
  spec_a.gathers = spec_b.gathers = at_once.gathers();
  const AgentFactory a = OrWorldError(AgentFactory::Open(spec_a, game, device));
  const AgentFactory b = ShareNetwork(spec_a, spec_b)
                             ? AgentFactory(spec_b, game, a.evaluator())
                             : OrWorldError(AgentFactory::Open(spec_b, game, device));
  const MatchNames names = {AgentText(a), AgentText(b)};
  Reporter report(options, *game, names);
  const MatchResult result =
      PlayMatch(*game, OpponentsOf(a, b), config, &StopRequested(), std::ref(report));
  report.KeepOnly(result);
  const int wanted = 2 * ((options.games + 1) / 2);
  if (StopRequested() && result.count() < wanted) {
    std::fprintf(stderr, "stopped after %d of %d games\n", result.count(), wanted);
  }
  std::fputs(MatchTable(*game, names, result).c_str(), AnswerStream(options.json));
  if (options.json) PrintJson(options, a, b, *game, result);
}

}  // namespace

void AddMatchCommand(CLI::App& app) {
  auto options = std::make_shared<MatchOptions>();
  CLI::App* command = app.add_subcommand(
      "match", "Play two agents against each other: paired openings, score and Elo with intervals");
  const char* agents =
      "random, mcts:ROLLOUTS, run:FOLDER[@STEP], net:go9, katago:FILE, rollouts:FILE, "
      "alphago:FOLDER or gtp:\"COMMAND\"; options: "
      ",visits=N "
      "(0: raw policy), ,seconds=S a move, ,symmetry=fixed, ,batch=K; of programs: ,timeout=S "
      "(default 60) for each answer, ,log=FILE for its standard error. Names with a comma or @ "
      "stand "
      "between quotes: run:\"a,b@c\"@500,visits=10";
  command->add_option("a", options->a, agents)->required();
  command->add_option("b", options->b, agents)->required();
  command->add_option("--game", options->game, "Game id or preset name")->capture_default_str();
  command->add_option("--games", options->games, "Number of games, in colour-swapped pairs")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--opening-plies", options->opening_plies,
                   "Random moves before each pair of games; up to 2 more where all such openings "
                   "have been played")
      ->capture_default_str()
      ->check(NumberAbove(-1.0));
  command->add_option("--openings", options->openings,
                      "Take the opening moves from these game records: an SGF file or folder");
  command->add_option("--sprt", options->sprt,
                      "Stop when it is decided: elo0=0,elo1=10[,alpha=0.05,beta=0.05]; --games is "
                      "the most it may take");
  command->add_option("--sgf", options->sgf, "New folder for the records of the games");
  command->add_option("--seed", options->seed, "Seed of openings and agents")
      ->capture_default_str()
      ->check(SeedNumber());
  AddParallelOptions(*command, options->parallel);
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the result as JSON");
  command->callback([options] { RunMatch(*options); });
}

}  // namespace tengen

#include "experiments/match/match.h"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/match_sgf.h"
#include "experiments/players/agent_spec.h"
#include "experiments/statistics/interval.h"
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
  int threads = 0;
  unsigned long long seed = 1;
  bool json = false;
};

void MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw WorldError(StrCat("cannot make the folder ", folder, ": ", error.message()));
}

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

// Kinds of failure as tables and JSON name them.
constexpr std::pair<AgentFailure, const char*> kFailures[] = {
    {AgentFailure::kTimeout, "timeout"},
    {AgentFailure::kExit, "exit"},
    {AgentFailure::kBadAnswer, "bad_answer"},
    {AgentFailure::kIllegalMove, "illegal_move"}};

nlohmann::ordered_json FailuresJson(const MatchResult& result, bool of_a) {
  nlohmann::ordered_json json;
  for (const auto& [failure, name] : kFailures) json[name] = result.Failures(of_a, failure);
  return json;
}

nlohmann::ordered_json SprtJson(const Sprt& sprt) {
  return {{"elo0", sprt.config().elo0},
          {"elo1", sprt.config().elo1},
          {"alpha", sprt.config().alpha},
          {"beta", sprt.config().beta},
          {"llr", sprt.llr()},
          {"lower", sprt.lower()},
          {"upper", sprt.upper()},
          {"verdict", SprtVerdictText(sprt.verdict())}};
}

// What a match comes to, for table and JSON.
struct Summary {
  Interval score;
  Interval elo;
  std::map<MatchEnd, int> ends;
  int disputed = 0;
};

Summary Summarise(const MatchResult& result) {
  Summary summary;
  // Half a pair tells nothing about pairs.
  const bool by_pairs = result.pairs.pairs() > 0;
  summary.score =
      by_pairs ? ScoreInterval(result.pairs) : WilsonInterval(result.points(), result.count());
  summary.elo = by_pairs ? EloInterval(result.pairs) : EloInterval(result.points(), result.count());
  for (const MatchGame& game : result.games) {
    ++summary.ends[game.end];
    summary.disputed += game.disputed() ? 1 : 0;
  }
  return summary;
}

void PrintFailures(const char* side, const MatchResult& result, bool of_a) {
  std::string text;
  for (const auto& [failure, name] : kFailures) {
    const int count = result.Failures(of_a, failure);
    if (count > 0) text += StrCat(text.empty() ? "" : ", ", count, " by ", name);
  }
  if (!text.empty()) std::fprintf(stderr, "  games %s lost by failing  %s\n", side, text.c_str());
}

std::string AgentText(const AgentFactory& agent) {
  return agent.spec().text + (agent.program().empty() ? "" : " (" + agent.program() + ")");
}

void PrintTable(const AgentFactory& a, const AgentFactory& b, const Game& game,
                const MatchResult& result, const Summary& summary) {
  const auto ended = [&summary](MatchEnd end) {
    const auto found = summary.ends.find(end);
    return found == summary.ends.end() ? 0 : found->second;
  };
  const auto& pairs = result.pairs.counts;
  std::fprintf(stderr, "a  %s\nb  %s\n", AgentText(a).c_str(), AgentText(b).c_str());
  std::fprintf(stderr, "%s, %d games, %d distinct openings\n", game.spec().id.c_str(),
               result.count(), result.distinct_openings);
  std::fprintf(stderr, "  a's wins, draws, losses  %d, %d, %d; first player won %d\n", result.wins,
               result.draws, result.losses, result.first_player_wins);
  std::fprintf(stderr, "  pairs of 0, 1/2 ... 2    %lld, %lld, %lld, %lld, %lld\n",
               static_cast<long long>(pairs[0]), static_cast<long long>(pairs[1]),
               static_cast<long long>(pairs[2]), static_cast<long long>(pairs[3]),
               static_cast<long long>(pairs[4]));
  std::fprintf(stderr, "  score  %.1f %% (95 %%: %.1f to %.1f)\n", 100 * summary.score.value,
               100 * summary.score.low, 100 * summary.score.high);
  std::fprintf(stderr, "  Elo    %+.0f (%+.0f to %+.0f)\n", summary.elo.value, summary.elo.low,
               summary.elo.high);
  if (result.count() > ended(MatchEnd::kRules)) {
    std::fprintf(stderr, "  ended by rules %d, resignation %d, failure %d\n",
                 ended(MatchEnd::kRules), ended(MatchEnd::kResignation), ended(MatchEnd::kFailure));
  }
  PrintFailures("a", result, true);
  PrintFailures("b", result, false);
  if (summary.disputed > 0) {
    std::fprintf(stderr, "  games in which a program counts another winner  %d\n",
                 summary.disputed);
  }
  if (result.sprt) {
    const Sprt& sprt = *result.sprt;
    std::fprintf(stderr, "  sprt %g to %g: LLR %.2f (%.2f to %.2f), %s\n", sprt.config().elo0,
                 sprt.config().elo1, sprt.llr(), sprt.lower(), sprt.upper(),
                 std::string(SprtVerdictText(sprt.verdict())).c_str());
  }
}

void PrintJson(const MatchOptions& options, const AgentFactory& a, const AgentFactory& b,
               const Game& game, const MatchResult& result, Summary summary) {
  nlohmann::ordered_json json = {{"a", options.a},
                                 {"b", options.b},
                                 {"game", game.spec().id},
                                 {"games", result.count()},
                                 {"wins", result.wins},
                                 {"draws", result.draws},
                                 {"losses", result.losses},
                                 {"first_player_wins", result.first_player_wins},
                                 {"pairs", result.pairs.counts},
                                 {"score", IntervalJson(summary.score)},
                                 {"elo", IntervalJson(summary.elo)},
                                 {"distinct_openings", result.distinct_openings},
                                 {"ends",
                                  {{"rules", summary.ends[MatchEnd::kRules]},
                                   {"resignation", summary.ends[MatchEnd::kResignation]},
                                   {"failure", summary.ends[MatchEnd::kFailure]}}},
                                 {"failures_a", FailuresJson(result, true)},
                                 {"failures_b", FailuresJson(result, false)},
                                 {"disputed", summary.disputed},
                                 {"first_moves", FirstMoves(game, result)},
                                 {"seed", options.seed},
                                 {"opening_plies", options.opening_plies}};
  if (!a.program().empty()) json["program_a"] = a.program();
  if (!b.program().empty()) json["program_b"] = b.program();
  if (result.sprt) json["sprt"] = SprtJson(*result.sprt);
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
    if (!options_.sgf.empty()) Save(last);
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

 private:
  void Save(const MatchGame& game) const {
    char name[32];
    std::snprintf(name, sizeof(name), "game-%05d.sgf", game.index + 1);
    const auto& go = static_cast<const GoGame&>(game_);
    WriteFileAtomically(std::filesystem::path(options_.sgf) / name, MatchGameSgf(go, game, names_));
  }

  const MatchOptions& options_;
  const Game& game_;
  const MatchNames names_;
  int shown_ = 0;
};

MatchConfig ConfigOf(const MatchOptions& options, const Game& game) {
  MatchConfig config;
  config.games = options.games;
  config.opening_plies = options.opening_plies;
  config.seed = options.seed;
  config.threads = ThreadCount(options.threads);
  if (!options.sprt.empty()) config.sprt = OrUsageError(SprtConfig::Parse(options.sprt));
  const auto* go = dynamic_cast<const GoGame*>(&game);
  if (go == nullptr && !(options.sgf + options.openings).empty()) {
    throw UsageError(game.spec().id + " has no SGF, wanted go with --sgf and --openings");
  }
  if (!options.openings.empty()) {
    config.openings = OrWorldError(
        ReadOpenings(*go, options.openings, (options.games + 1) / 2, options.opening_plies));
  }
  if (!options.sgf.empty()) MakeFolder(options.sgf);
  return config;
}

void RunMatch(const MatchOptions& options) {
  const auto game = GameOrUsageError(options.game);
  if (game->spec().num_players != 2) {
    throw UsageError(game->spec().id + " is for one player, wanted a game for two");
  }
  const Device device = OrUsageError(ParseDevice(options.device));
  const AgentSpec spec_a = OrUsageError(AgentSpec::Parse(options.a));
  const AgentSpec spec_b = OrUsageError(AgentSpec::Parse(options.b));
  const MatchConfig config = ConfigOf(options, *game);
  const AgentFactory a = OrWorldError(AgentFactory::Open(spec_a, game, device));
  const AgentFactory b = OrWorldError(AgentFactory::Open(spec_b, game, device));
  Reporter report(options, *game, {AgentText(a), AgentText(b)});
  const MatchResult result = PlayMatch(
      *game, [&a] { return a.Make(); }, [&b] { return b.Make(); }, config, &StopRequested(),
      std::ref(report));
  const Summary summary = Summarise(result);
  PrintTable(a, b, *game, result, summary);
  if (options.json) PrintJson(options, a, b, *game, result, summary);
}

}  // namespace

void AddMatchCommand(CLI::App& app) {
  auto options = std::make_shared<MatchOptions>();
  CLI::App* command = app.add_subcommand(
      "match", "Play two agents against each other: paired openings, score and Elo with intervals");
  const char* agents =
      "random, mcts:ROLLOUTS, run:FOLDER[@STEP], net:go9, katago:FILE or gtp:\"COMMAND\"; options: "
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
                   "Random moves before each pair of games, no opening twice")
      ->capture_default_str()
      ->check(NumberAbove(-1.0));
  command->add_option("--openings", options->openings,
                      "Take the opening moves from these game records: an SGF file or folder");
  command->add_option("--sprt", options->sprt,
                      "Stop when it is decided: elo0=0,elo1=10[,alpha=0.05,beta=0.05]; --games is "
                      "the most it may take");
  command->add_option("--sgf", options->sgf, "Folder for the records of all games");
  command->add_option("--seed", options->seed, "Seed of openings and agents")
      ->capture_default_str();
  command
      ->add_option("--parallel,--threads", options->threads, "Games at once (default: processors)")
      ->check(NumberAbove(-1.0));
  command->add_option("--device", options->device, "cpu or cuda")->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the result as JSON");
  command->callback([options] { RunMatch(*options); });
}

}  // namespace tengen

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/match/solved_positions.h"
#include "experiments/players/agent_spec.h"
#include "experiments/statistics/interval.h"

namespace tengen {
namespace {

struct AccuracyOptions {
  std::vector<std::string> agents;
  std::string game = "connect4";
  int positions = 500;
  std::optional<int> min_ply;
  std::optional<int> max_ply;
  unsigned long long seed = 1;
  bool json = false;
};

nlohmann::ordered_json Measure(const AgentFactory& factory,
                               const std::vector<SolvedPosition>& positions, std::uint64_t seed,
                               std::FILE* out) {
  const auto agent = factory.Make();
  int kept = 0;
  int asked = 0;
  for (std::size_t i = 0; i < positions.size() && !StopRequested(); ++i) {
    agent->Restart();
    Rng rng(seed, RngRole::kEvaluation, i);
    const Action action = agent->Act(*positions[i].state, rng).action;
    kept += positions[i].Keeps(action) ? 1 : 0;
    ++asked;
  }
  const std::string& name = factory.spec().text;
  if (asked == 0) {
    std::fprintf(out, "%-40s was not asked\n", name.c_str());
    return {{"name", name}, {"kept", 0}, {"positions", 0}};
  }
  const Interval share = WilsonInterval(kept, asked);
  std::fprintf(out, "%-40s keeps the value in %d of %d: %.1f %% (95 %%: %.1f to %.1f)",
               name.c_str(), kept, asked, 100 * share.value, 100 * share.low, 100 * share.high);
  const std::size_t left = positions.size() - static_cast<std::size_t>(asked);
  if (left > 0) std::fprintf(out, "; stopped before the other %zu positions", left);
  std::fputc('\n', out);
  return {{"name", name},       {"value", share.value}, {"low", share.low},
          {"high", share.high}, {"kept", kept},         {"positions", asked}};
}

double MeanKeepingShare(const std::vector<SolvedPosition>& positions) {
  double sum = 0.0;
  for (const SolvedPosition& position : positions) sum += position.KeepingShare();
  return sum / static_cast<double>(positions.size());
}

struct Plies {
  int min = 0;
  int max = 0;
};

// Those that were asked for, or plies that are worth asking and can be solved in good time.
Plies PliesFor(const AccuracyOptions& options, const GameSpec& spec) {
  struct Usual {
    const char* game;
    Plies plies;
  };
  // Othello: 8 to 12 empty squares are left, where nobody had to pass.
  constexpr Usual kUsual[] = {{"connect4", {8, 24}}, {"tictactoe", {1, 6}}, {"othello", {48, 52}}};
  std::optional<Plies> plies;
  for (const Usual& usual : kUsual) {
    if (usual.game == spec.name) plies = usual.plies;
  }
  if (options.min_ply && options.max_ply) plies = Plies();
  if (!plies) {
    throw UsageError(StrCat("no --min-ply and --max-ply, wanted both for ", spec.name,
                            ": plies so late that each position can be searched to its end"));
  }
  plies->min = options.min_ply.value_or(plies->min);
  plies->max = options.max_ply.value_or(plies->max);
  if (plies->min <= plies->max) return *plies;
  throw UsageError(StrCat("--min-ply is ", plies->min, ", wanted at most --max-ply ", plies->max));
}

void RunAccuracy(const AccuracyOptions& options) {
  const auto& stop = StopRequested();
  const auto game = GameOrUsageError(options.game);
  if (game->spec().num_players != 2) {
    throw UsageError(StrCat(options.game, " is for one player, wanted a game of two"));
  }
  const Plies plies = PliesFor(options, game->spec());
  std::vector<AgentFactory> agents;
  for (const std::string& text : options.agents) {
    agents.push_back(
        OrWorldError(AgentFactory::Open(OrUsageError(AgentSpec::Parse(text)), game, Device::kCpu)));
  }
  std::fprintf(stderr, "Solving %d positions of plies %d to %d exactly ...\n", options.positions,
               plies.min, plies.max);
  const std::vector<SolvedPosition> positions = OrUsageError(
      SolvePositions(*game, options.positions, plies.min, plies.max, options.seed, &stop));
  if (static_cast<int>(positions.size()) < options.positions) {
    std::fprintf(stderr, "stopped after %zu of %d positions\n", positions.size(),
                 options.positions);
  }
  std::FILE* out = AnswerStream(options.json);
  nlohmann::ordered_json json = {
      {"game", game->spec().id}, {"wanted", options.positions}, {"positions", positions.size()}};
  if (!positions.empty()) {
    const double chance = MeanKeepingShare(positions);
    json["random_move"] = chance;
    std::fprintf(out, "%-40s keeps the value with %.1f %%\n", "a uniformly random legal move",
                 100 * chance);
  }
  json["rows"] = nlohmann::ordered_json::array();
  for (const AgentFactory& agent : agents) {
    json["rows"].push_back(Measure(agent, positions, options.seed, out));
  }
  if (options.json) PrintJsonLine(json);
}

}  // namespace

void AddAccuracyCommand(CLI::App& app) {
  auto options = std::make_shared<AccuracyOptions>();
  CLI::App* command = app.add_subcommand(
      "accuracy", "Share of positions, solved exactly, in which agents keep the value");
  command->add_option("agents", options->agents, "Agents as in 'match'")->required();
  command
      ->add_option("--game", options->game,
                   "A game for two: its id or a preset. All but Connect Four are searched to their "
                   "end, move by move")
      ->capture_default_str();
  command->add_option("--positions", options->positions, "Number of positions")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--min-ply", options->min_ply,
                   "Earliest ply (default: connect4 8, tictactoe 1, othello 48)")
      ->check(CLI::Range(0, 1000));
  command
      ->add_option("--max-ply", options->max_ply,
                   "Latest ply (default: connect4 24, tictactoe 6, othello 52)")
      ->check(CLI::Range(0, 1000));
  command->add_option("--seed", options->seed, "Seed of positions and agents")
      ->capture_default_str()
      ->check(SeedNumber());
  command->add_flag("--json", options->json, "Last line on stdout: the shares as JSON");
  command->callback([options] { RunAccuracy(*options); });
}

}  // namespace tengen

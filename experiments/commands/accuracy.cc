#include <cstdio>
#include <memory>
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
  int positions = 500;
  int min_ply = 8;
  int max_ply = 24;
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

void RunAccuracy(const AccuracyOptions& options) {
  if (options.min_ply > options.max_ply) {
    throw UsageError(
        StrCat("--min-ply is ", options.min_ply, ", wanted at most --max-ply ", options.max_ply));
  }
  const auto& stop = StopRequested();
  const auto game = GameOrUsageError("connect4");
  std::vector<AgentFactory> agents;
  for (const std::string& text : options.agents) {
    agents.push_back(
        OrWorldError(AgentFactory::Open(OrUsageError(AgentSpec::Parse(text)), game, Device::kCpu)));
  }
  std::fprintf(stderr, "Solving %d positions of plies %d to %d exactly ...\n", options.positions,
               options.min_ply, options.max_ply);
  const std::vector<SolvedPosition> positions = SolveConnectFourPositions(
      *game, options.positions, options.min_ply, options.max_ply, options.seed, &stop);
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
      "accuracy",
      "Share of Connect Four positions, solved exactly, in which agents keep the value");
  command->add_option("agents", options->agents, "Agents as in 'match'")->required();
  command->add_option("--positions", options->positions, "Number of positions")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_option("--min-ply", options->min_ply, "Earliest ply")
      ->capture_default_str()
      ->check(CLI::Range(0, 40));
  command->add_option("--max-ply", options->max_ply, "Latest ply")
      ->capture_default_str()
      ->check(CLI::Range(0, 40));
  command->add_option("--seed", options->seed, "Seed of positions and agents")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: the shares as JSON");
  command->callback([options] { RunAccuracy(*options); });
}

}  // namespace tengen

#include "envs/core/env.h"

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/registry/env_registry.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/rl/transition_replay.h"

namespace tengen {
namespace {

struct ReplayOptions {
  std::string file;
  bool json = false;
};

void PrintDeviation(std::FILE* out, const char* name, const LargestDeviation& deviation) {
  std::fprintf(out, "  largest deviation of the %-12s %.3g", name, deviation.value);
  if (deviation.value > 0.0) {
    std::fprintf(out, " (%s, step %d)", deviation.sequence.c_str(), deviation.step);
  }
  std::fputc('\n', out);
}

void RunReplay(const ReplayOptions& options) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::FILE* out = AnswerStream(options.json);
  for (const EnvReplay& replay : ReplayTransitionFile(options.file)) {
    const std::string& name = replay.environment;
    std::fprintf(out, "%s: %lld steps, %lld with other flags\n", name.c_str(),
                 static_cast<long long>(replay.steps), static_cast<long long>(replay.flags_differ));
    PrintDeviation(out, "state", replay.state);
    PrintDeviation(out, "observation", replay.observation);
    PrintDeviation(out, "reward", replay.reward);
    rows.push_back({{"name", name + " steps"}, {"value", replay.steps}});
    rows.push_back({{"name", name + " state"}, {"value", replay.state.value}});
    rows.push_back({{"name", name + " observation"}, {"value", replay.observation.value}});
    rows.push_back({{"name", name + " reward"}, {"value", replay.reward.value}});
    rows.push_back({{"name", name + " flags"}, {"value", replay.flags_differ}});
  }
  if (options.json) PrintJsonLine({{"rows", rows}});
}

void AddReplay(CLI::App& env) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = env.add_subcommand(
      "replay",
      "Step stored transitions, one step from each recorded state, and print the largest "
      "deviations of state, observation and reward, and how many flags differ");
  command->add_option("file", options->file, "A JSON file of transitions")->required();
  command->add_flag("--json", options->json, "Last line on stdout: rows of name and value");
  command->callback([options] { RunReplay(*options); });
}

void AddList(CLI::App& env) {
  CLI::App* command = env.add_subcommand("list", "What can be simulated");
  command->callback([] {
    for (const RegisteredEnv& row : RegisteredEnvs()) {
      const EnvSpec spec = row.spec();
      std::printf("%-24s %-26s %s; action: %s; limit %d\n", spec.name.c_str(),
                  spec.reference.c_str(), row.summary.c_str(), spec.action.Text().c_str(),
                  spec.max_episode_steps);
    }
  });
}

}  // namespace

void AddEnvCommand(CLI::App& app) {
  CLI::App* env = app.add_subcommand("env", "Control tasks: list them, compare with stored steps");
  env->require_subcommand(1);
  AddReplay(*env);
  AddList(*env);
}

}  // namespace tengen

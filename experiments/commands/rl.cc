#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/config/json_fields.h"
#include "experiments/config/rl_config.h"
#include "experiments/rl/rl_run.h"
#include "experiments/statistics/seed_statistics.h"

namespace tengen {
namespace {

struct RlOptions {
  std::string algorithm;
  std::string env;
  std::string run_dir;
  std::vector<std::string> set;
  long long steps = 0;
  long long seed = -1;
  int seeds = 0;
  bool json = false;
  bool print_config = false;
};

RlConfig ResolveConfig(const RlOptions& options) {
  RlConfig config = OrUsageError(RlPreset(options.algorithm, options.env));
  for (const std::string& assignment : options.set) {
    const nlohmann::json change = OrUsageError(ParseAssignment(assignment));
    OrUsageError(RlConfigFromJson(change, config));
  }
  if (options.steps > 0) config.steps = options.steps;
  if (options.seed >= 0) config.seed = static_cast<std::uint64_t>(options.seed);
  if (options.seeds > 0) config.seeds = options.seeds;
  OrUsageError(CheckRlConfig(config));
  return config;
}

std::string DefaultFolder(const RlConfig& config) {
  std::string name = config.algorithm + "-" + config.env;
  for (char& c : name) {
    if (c == ':' || c == '=' || c == ',') c = '-';
  }
  return "runs/" + name;
}

void Report(const RlConfig& config, const std::vector<RlSeedResult>& results, bool json) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::vector<double> returns;
  for (const RlSeedResult& result : results) {
    returns.push_back(result.mean_return);
    rows.push_back({{"name", StrCat("seed ", result.seed)},
                    {"value", result.mean_return},
                    {"env_steps", result.env_steps},
                    {"updates", result.updates},
                    {"seconds", result.seconds}});
    std::fprintf(stderr,
                 "seed %llu: return %.2f over %d episodes, %lld steps, %lld updates, %.1f s\n",
                 static_cast<unsigned long long>(result.seed), result.mean_return,
                 config.final_episodes, static_cast<long long>(result.env_steps),
                 static_cast<long long>(result.updates), result.seconds);
  }
  nlohmann::ordered_json out = {
      {"algorithm", config.algorithm}, {"env", config.env}, {"rows", rows}};
  if (!returns.empty()) {
    const Interval mean = MeanInterval(returns);
    const double middle = InterquartileMean(returns);
    std::fprintf(stderr, "mean %.2f", mean.value);
    if (returns.size() > 1) {
      std::fprintf(stderr, " (95 %%, Student's t: %.2f to %.2f)", mean.low, mean.high);
    }
    std::fprintf(stderr, ", interquartile mean %.2f, %zu seeds\n", middle, returns.size());
    out["mean"] = {{"value", mean.value}, {"low", mean.low}, {"high", mean.high}};
    out["interquartile_mean"] = middle;
  }
  if (json) PrintJsonLine(out);
}

void RunRl(const RlOptions& options) {
  const RlConfig config = ResolveConfig(options);
  if (options.print_config) {
    std::printf("%s\n", RlConfigToJson(config).dump(2).c_str());
    return;
  }
  const auto& stop = StopRequested();
  const std::string folder = options.run_dir.empty() ? DefaultFolder(config) : options.run_dir;
  RlRun run(config, folder);
  std::fprintf(stderr, "%s on %s: %d seeds of %lld steps, in %s\n", config.algorithm.c_str(),
               config.env.c_str(), config.seeds, static_cast<long long>(config.steps),
               folder.c_str());
  run.Go(stop);
  if (stop) std::fprintf(stderr, "stopped; the same command goes on\n");
  Report(config, run.results(), options.json);
}

}  // namespace

void AddRlCommand(CLI::App& app) {
  auto options = std::make_shared<RlOptions>();
  CLI::App* command = app.add_subcommand(kRlText.name, kRlText.summary);
  command->add_option("algorithm", options->algorithm, "ppo, dqn or sac")->required();
  command->add_option("env", options->env, "Control task (see: tengen env list)")->required();
  command->add_option("--run-dir", options->run_dir, "Run folder (default: runs/ALGORITHM-ENV)");
  command
      ->add_option("--steps", options->steps, "Environment steps per seed (default: the preset's)")
      ->check(NumberAbove(0.0));
  command
      ->add_option("--seeds", options->seeds, "How many learners, one after the other (default 1)")
      ->check(NumberAbove(0.0));
  command->add_option("--seed", options->seed, "Seed of the first (default 1)")
      ->check(SeedNumber());
  command
      ->add_option("--set", options->set,
                   "Change a config value, such as --set ppo.lr=1e-3 (repeatable)")
      ->take_all();
  command->add_flag("--json", options->json,
                    "Last line on stdout: a row per seed with its final return as value");
  command->add_flag("--print-config", options->print_config, "Print the resolved config and stop");
  command->callback([options] { RunRl(*options); });
}

}  // namespace tengen

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include "agents/gtp/gtp_engine.h"
#include "experiments/analysis/analysis_network.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/katago_options.h"
#include "experiments/config/katago_config.h"
#include "experiments/config/version.h"
#include "experiments/files/line_reader.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/rollout_evaluator.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

struct GtpOptions {
  std::string agent = "net:go9";
  std::string model;  // KataGo's name for a network file
  std::vector<std::string> configs;
  std::vector<std::string> overrides;
  std::string human_model;
  std::string symmetry;
  std::string name = "Tengen";
  std::string version = kVersion;
  std::string rules = "tromp-taylor";
  std::string device = "cpu";
  int size = 19;
  int visits = -1;
  double seconds = 0.0;
  double resign_below = -0.95;
  bool ponder = false;
  unsigned long long seed = 1;
};

// What kata-get-models tells, as query_models of `tengen analysis` has it.
void NameModel(const AgentSpec& spec, GtpConfig& config) {
  config.model = spec.has_network() ? spec.folder.string() : spec.text;
  config.model_name = spec.has_network() ? spec.folder.filename().string() : spec.text;
  if (spec.kind != AgentSpec::Kind::kKataGo) return;
  if (const auto head = ReadKataGoHead(spec.folder)) {
    config.model_name = head->name;
    config.model_version = head->version;
  }
}

GtpConfig ConfigOf(const GtpOptions& options, const AgentSpec& spec) {
  GtpConfig config;
  config.name = options.name;
  config.version = options.version;
  config.shape = {options.size, options.size};
  config.rules = OrUsageError(ParseGtpRulesAndKomi(options.rules));
  config.visits = options.visits >= 0 ? options.visits : spec.visits;
  config.seconds = options.seconds > 0.0 ? options.seconds : spec.seconds;
  config.resign_below = options.resign_below;
  config.seed = options.seed;
  config.ponder = options.ponder;
  config.mcts = spec.Search();
  config.chose_batch = spec.chose_batch;
  config.threads = spec.has_network() ? spec.threads : 1;
  config.profile = spec.profile;
  NameModel(spec, config);
  if (spec.kind == AgentSpec::Kind::kRandom) {
    config.visits = 0;
    config.policy = PolicyChoice::kSampled;
  }
  return config;
}

GtpEngine::EvaluatorFactory EvaluatorsOf(const AgentSpec& spec, Device device) {
  return [spec, device](const GoGame& game,
                        const GtpConfig& config) -> Result<std::shared_ptr<Evaluator>> {
    AgentSpec now = spec;
    if (now.has_network()) now.UseThreads(std::min(config.threads, ThreadCount(0)));
    now.profile = config.profile;
    if (now.kind == AgentSpec::Kind::kRandom) {
      return std::shared_ptr<Evaluator>(std::make_shared<UniformEvaluator>());
    }
    if (now.kind == AgentSpec::Kind::kRollouts) return MakeRolloutEvaluator(game);
    const auto factory = AgentFactory::Open(now, game.shared_from_this(), device);
    if (!factory) return Error{factory.error()};
    return factory->SearchEvaluator();
  };
}

// Settings by the names that kata-set-param knows; a configuration of KataGo may have them.
constexpr const char* kParams[] = {"maxVisits",        "maxPlayouts",
                                   "maxTime",          "rootPolicyTemperature",
                                   "fpuReductionMax",  "resignThreshold",
                                   "allowResignation", "rootFpuReductionMax",
                                   "ponderingEnabled", "analysisIgnorePreRootHistory"};

// Tells the engine what a configuration says.
void Configure(KataGoConfig& config, const CLI::App& command, GtpEngine& engine) {
  const auto set = [&engine](const std::string& line, const std::string& what) {
    const Status status = engine.Adopt(line);
    if (!status) throw UsageError("config: " + what + ": " + status.error());
  };
  for (const char* key : kParams) {
    const auto value = config.Take(key);
    const bool given = std::string_view(key) == "maxVisits" && command.count("--visits") > 0;
    if (value && !given) set(StrCat("kata-set-param ", key, " ", *value), key);
  }
}

// The engine as options and configurations want it; what they leave over is named.
std::unique_ptr<GtpEngine> OpenEngine(GtpOptions options, const CLI::App& command,
                                      GtpEngine::Io io) {
  RefuseHumanModel(options.human_model);
  if (!options.model.empty()) options.agent = "katago:" + AgentWord(options.model);
  auto config = OrUsageError(KataGoConfig::Read(options.configs, options.overrides));
  AgentSpec spec = OrUsageError(AgentSpec::Parse(WithProfile(options.agent, config)));
  const auto symmetry = options.symmetry.empty()
                            ? OrUsageError(TakeSymmetry(config))
                            : std::optional(OrUsageError(ParseSymmetry(options.symmetry)));
  if (symmetry) spec.symmetry = *symmetry;
  if (options.visits >= 0) spec.visits = options.visits;
  const auto threads = OrUsageError(config.TakeNumber("numSearchThreads", 1.0, 1024.0));
  if (threads && spec.has_network()) {
    spec.UseThreads(std::min(static_cast<int>(*threads), ThreadCount(0)));
  }
  if (spec.kind == AgentSpec::Kind::kProgram) {
    throw UsageError("agent '" + options.agent +
                     "' is a GTP program already, wanted another agent");
  }
  if (const auto rules = config.Take("rules"); rules && command.count("--rules") == 0) {
    if (const auto known = ParseGtpRulesAndKomi(*rules); !known) {
      throw UsageError("config: rules: " + known.error());
    }
    options.rules = *rules;
  }
  const Device device = DeviceOption(options.device);
  auto engine = OrWorldError(
      GtpEngine::Make(ConfigOf(options, spec), EvaluatorsOf(spec, device), std::move(io)));
  Configure(config, command, *engine);
  NameUnused(config);
  return engine;
}

void SayToPeople(std::string_view text) {
  std::fprintf(stderr, "%.*s", static_cast<int>(text.size()), text.data());
}

void RunGtp(const GtpOptions& options, const CLI::App& command) {
  LineReader input(STDIN_FILENO);
  const auto engine = OpenEngine(options, command,
                                 {WriteOutput, [&input] { return input.Waiting(); }, SayToPeople,
                                  [&input] { return input.WaitingFor("# interrupt"); }});
  while (true) {
    if (engine->pondering()) engine->Ponder();
    const auto line = input.Next();
    if (!line || !engine->Handle(*line)) return;
  }
}

// KataGo's `benchmark`: a line for each number of threads.
struct BenchmarkOptions {
  GtpOptions gtp;
  int visits = 800;
  std::vector<int> threads;  // none: 1, 2, 4, ... and all processors
};

std::vector<int> ThreadsToTry(const BenchmarkOptions& options) {
  if (!options.threads.empty()) return options.threads;
  const int all = ThreadCount(0);
  std::vector<int> threads;
  for (int count = 1; count < all; count *= 2) threads.push_back(count);
  threads.push_back(all);
  return threads;
}

void RunBenchmark(const BenchmarkOptions& options, const CLI::App& command) {
  std::string answer;
  const auto engine = OpenEngine(
      options.gtp, command,
      {[&answer](std::string_view text) { answer += text; }, [] { return false; }, SayToPeople});
  const std::string visits = std::to_string(options.visits);
  std::printf("%s visits a move, %dx%d:\n", visits.c_str(), options.gtp.size, options.gtp.size);
  for (const int threads : ThreadsToTry(options)) {
    const std::string set = StrCat("kata-set-param numSearchThreads ", threads);
    if (const Status status = engine->Adopt(StrCat("kata-set-param maxVisits ", visits)); !status) {
      throw UsageError(status.error());
    }
    if (const Status status = engine->Adopt(set); !status) throw UsageError(status.error());
    answer.clear();
    (void)engine->Handle("kata-benchmark " + visits);
    const std::size_t line = answer.find('\n') + 1;  // behind the "="
    WriteOutput(answer.substr(line, answer.find('\n', line) - line) + "\n");
  }
}

}  // namespace

void AddBenchmarkCommand(CLI::App& app) {
  auto options = std::make_shared<BenchmarkOptions>();
  CLI::App* command = app.add_subcommand(
      "benchmark", "Visits per second of a network's search with several numbers of threads");
  command->add_option("agent", options->gtp.agent, "As in gtp")->capture_default_str();
  command->add_option("-v,--visits", options->visits, "Simulations a move")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("-t,--threads", options->threads,
                   "Numbers of threads, as 1,2,4 (default: doubled up to all processors)")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  command->add_option("--size,--boardsize", options->gtp.size, "Board")
      ->capture_default_str()
      ->check(CLI::Range(2, 19));
  command->add_option("--device", options->gtp.device, kDeviceHelp)->capture_default_str();
  AddKataGoOptions(*command, options->gtp.model, options->gtp.configs, options->gtp.overrides,
                   options->gtp.human_model);
  // Configure asks for them; there is nothing to say here.
  command->add_option("--rules", options->gtp.rules)->group("");
  command->callback([options, command] { RunBenchmark(*options, *command); });
}

void AddGtpCommand(CLI::App& app) {
  auto options = std::make_shared<GtpOptions>();
  CLI::App* command = app.add_subcommand(
      "gtp", "Play Go behind the Go Text Protocol, for Sabaki, GoGui and others");
  command
      ->add_option("agent", options->agent,
                   "As in match, e.g. run:FOLDER or mcts:1000; between quotes with a comma or @ in "
                   "its name: "
                   "run:\"FOLDER\",visits=100")
      ->capture_default_str();
  command->add_option("--size", options->size, "Board at the start")
      ->capture_default_str()
      ->check(CLI::Range(2, 19));
  command->add_option("--rules", options->rules, "Rules at the start: a preset or ko=...,komi=...")
      ->capture_default_str();
  command
      ->add_option("--visits", options->visits,
                   "Simulations a move, at most (default: the agent's; 0: raw policy)")
      ->check(NumberAbove(-1.0));
  command->add_option("--seconds", options->seconds, "Seconds a move, at most (0: the clock's)")
      ->capture_default_str()
      ->check(NumberFrom(0.0, 1e9));
  command
      ->add_option("--resign-below", options->resign_below,
                   "Resign at three values in a row below this (-1: never)")
      ->capture_default_str()
      ->check(NumberFrom(-1.0, 1.0));
  // Some programs look at these to choose a dialect: Lizzie analyses with kata-analyze if the name
  // is KataGo, and else wants a version of Leela Zero from 0.17 on.
  command->add_option("--name", options->name, "Answer to the command name; Lizzie wants KataGo")
      ->capture_default_str();
  command
      ->add_option("--version-text,--override-version", options->version,
                   "Answer to the command version")
      ->capture_default_str();
  command->add_flag("--ponder", options->ponder, "Think on the opponent's time");
  command->add_option("--seed", options->seed, "Seed of search and choice")
      ->capture_default_str()
      ->check(SeedNumber());
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  AddKataGoOptions(*command, options->model, options->configs, options->overrides,
                   options->human_model);
  command->add_option("--symmetry", options->symmetry,
                      "In which symmetry a network sees a position: identity, random or average");
  command->callback([options, command] { RunGtp(*options, *command); });
}

}  // namespace tengen

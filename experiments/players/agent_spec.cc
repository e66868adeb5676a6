#include "experiments/players/agent_spec.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "agents/gtp/gtp_agent.h"
#include "agents/mcts_agent.h"
#include "agents/policy_agent.h"
#include "agents/random_agent.h"
#include "experiments/players/rollout_evaluator.h"
#include "experiments/players/shipped_networks.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "nets/katago_evaluator.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

bool ReadInt(std::string_view text, std::int64_t low, std::int64_t high, std::int64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && *value >= low &&
         *value <= high;
}

bool ReadNumber(std::string_view text, double low, double high, double* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && *value >= low &&
         *value <= high;
}

// An option: for which agents it is, and how it is read; false for a value that is none.
struct Option {
  const char* key;
  const char* wanted;
  bool (*known)(const AgentSpec& spec);
  bool (*read)(std::string_view value, AgentSpec& spec);
};

bool IsNetwork(const AgentSpec& spec) { return spec.has_network(); }
bool Searches(const AgentSpec& spec) {
  return spec.has_network() || spec.kind == AgentSpec::Kind::kRollouts;
}
bool IsProgram(const AgentSpec& spec) { return spec.kind == AgentSpec::Kind::kProgram; }
bool IsTimed(const AgentSpec& spec) { return Searches(spec) || IsProgram(spec); }

bool ReadIntOption(std::string_view value, std::int64_t low, std::int64_t high, int* out) {
  std::int64_t number = 0;
  if (!ReadInt(value, low, high, &number)) return false;
  *out = static_cast<int>(number);
  return true;
}

constexpr Option kOptions[] = {
    {"visits", "0 (raw policy) to 10000000", IsNetwork,
     [](std::string_view value, AgentSpec& spec) {
       return ReadIntOption(value, 0, 10'000'000, &spec.visits);
     }},
    {"seconds", "0.01 to 86400", IsTimed,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 0.01, 86400.0, &spec.seconds);
     }},
    {"symmetry", "fixed or random", IsNetwork,
     [](std::string_view value, AgentSpec& spec) {
       spec.fixed_symmetry = value == "fixed";
       return value == "fixed" || value == "random";
     }},
    {"batch", "1 to 1024", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadIntOption(value, 1, 1024, &spec.leaf_batch);
     }},
    {"timeout", "0.01 to 86400 seconds", IsProgram,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 0.01, 86400.0, &spec.timeout_s);
     }},
    {"log", "a file", IsProgram,
     [](std::string_view value, AgentSpec& spec) {
       spec.log = value;
       return !value.empty();
     }},
};

Status ReadOption(std::string_view option, AgentSpec& spec) {
  const std::size_t equals = option.find('=');
  const std::string_view key = option.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
  std::string known;
  for (const Option& candidate : kOptions) {
    if (!candidate.known(spec)) continue;
    known += StrCat(known.empty() ? "" : ", ", candidate.key, "=");
    if (candidate.key != key) continue;
    if (candidate.read(value, spec)) return Ok{};
    return Error{
        StrCat("agent '", spec.text, "': ", key, "=", value, ", wanted ", candidate.wanted)};
  }
  return Error{StrCat("agent '", spec.text, "': unknown option '", option,
                      known.empty() ? "' (random has none)" : "' (known: " + known + ")")};
}

// The command of a program, with or without quotes; takes it off `rest`.
Result<std::string> TakeCommand(const std::string& text, std::string_view& rest) {
  std::string command;
  if (!rest.starts_with('"')) {
    command = rest.substr(0, rest.find(','));
    rest.remove_prefix(command.size());
  } else {
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
      if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) {
        ++i;
      }
      command += rest[i];
    }
    if (i >= rest.size()) {
      return Error{StrCat("agent '", text, "': a quote is open, wanted gtp:\"COMMAND\"")};
    }
    rest.remove_prefix(i + 1);
    if (!rest.empty() && rest.front() != ',') {
      return Error{StrCat("agent '", text, "': '", rest, "' behind the command, wanted a comma")};
    }
  }
  if (command.find_first_not_of(' ') == std::string::npos ||
      command.find_first_of("\n") != std::string::npos) {
    return Error{StrCat("agent '", text, "', wanted gtp:\"COMMAND\" with one line")};
  }
  return command;
}

Status ReadHead(const std::string& head, AgentSpec& spec) {
  if (head == "random") return Ok{};
  if (head.starts_with("mcts:")) {
    std::int64_t rollouts = 0;
    if (!ReadInt(std::string_view(head).substr(5), 1, 10'000'000, &rollouts)) {
      return Error{StrCat("agent '", spec.text, "', wanted mcts:ROLLOUTS with 1 to 10000000")};
    }
    spec.kind = AgentSpec::Kind::kRollouts;
    spec.visits = static_cast<int>(rollouts);
    return Ok{};
  }
  if (head.starts_with("run:") && head.size() > 4) {
    spec.kind = AgentSpec::Kind::kNetwork;
    std::string folder = head.substr(4);
    const std::size_t at = folder.rfind('@');
    if (at != std::string::npos) {
      std::int64_t step = 0;
      if (!ReadInt(std::string_view(folder).substr(at + 1), 0, INT64_MAX, &step)) {
        return Error{StrCat("agent '", spec.text, "': step '", folder.substr(at + 1),
                            "', wanted a number of learner steps")};
      }
      spec.step = step;
      folder.resize(at);
    }
    spec.folder = folder;
    return Ok{};
  }
  if (head.starts_with("net:") && head.size() > 4) {
    spec.kind = AgentSpec::Kind::kNetwork;
    auto folder = ShippedNetwork(head.substr(4));
    if (!folder) return Error{StrCat("agent '", spec.text, "': ", folder.error())};
    spec.folder = std::move(*folder);
    return Ok{};
  }
  if (head.starts_with("katago:") && head.size() > 7) {
    spec.kind = AgentSpec::Kind::kKataGo;
    spec.folder = head.substr(7);
    return Ok{};
  }
  return Error{
      StrCat("agent '", spec.text,
             "', wanted random, mcts:ROLLOUTS, run:FOLDER[@STEP], net:NAME, katago:FILE or "
             "gtp:\"COMMAND\", with options such as ,visits=100")};
}

// The network folder that a spec means.
Result<std::filesystem::path> FindNetwork(const AgentSpec& spec) {
  namespace fs = std::filesystem;
  if (!spec.step && fs::exists(spec.folder / "model.json")) return spec.folder;
  const std::vector<std::int64_t> steps = RunFolder::Checkpoints(spec.folder);
  if (steps.empty()) {
    return Error{StrCat("agent '", spec.text, "': no network in ", spec.folder,
                        ", wanted a run folder with checkpoints or a folder with model.json")};
  }
  if (!spec.step) return RunFolder::Checkpoint(spec.folder, steps.back());
  std::string known;
  for (const std::int64_t step : steps) {
    if (step == *spec.step) return RunFolder::Checkpoint(spec.folder, step);
    known += (known.empty() ? "" : ", ") + std::to_string(step);
  }
  return Error{StrCat("agent '", spec.text, "': no checkpoint of step ", *spec.step,
                      " (there are: ", known, ")")};
}

Result<std::shared_ptr<Evaluator>> OpenKataGo(const AgentSpec& spec, const GameSpec& game,
                                              Device device) {
  if (const Status plays = KataGoEncoder().Accepts(game); !plays) {
    return Error{StrCat("agent '", spec.text, "': ", plays.error())};
  }
  const auto network = LoadKataGoNetwork(spec.folder);
  if (!network) return Error{network.error()};
  KataGoEvaluatorOptions options;
  options.device = device;
  options.symmetry =
      spec.fixed_symmetry ? EvaluationSymmetry::kIdentity : EvaluationSymmetry::kRandom;
  return std::shared_ptr<Evaluator>(std::make_shared<KataGoEvaluator>(*network, options));
}

Result<std::shared_ptr<Evaluator>> OpenNetwork(const AgentSpec& spec, const GameSpec& game,
                                               Device device) {
  const auto folder = FindNetwork(spec);
  if (!folder) return Error{folder.error()};
  const auto network = LoadNetwork(*folder);
  if (!network) return Error{network.error()};
  const Status plays = CheckModelPlays(network->snapshot.config, game);
  if (!plays) return Error{StrCat("agent '", spec.text, "': ", plays.error())};
  NetEvaluatorOptions options;
  options.device = device;
  options.symmetry =
      spec.fixed_symmetry ? EvaluationSymmetry::kIdentity : EvaluationSymmetry::kRandom;
  return std::shared_ptr<Evaluator>(std::make_shared<NetEvaluator>(network->snapshot, options));
}

constexpr int kNodesByTime = 200'000;  // of a search that only time limits

GtpAgentOptions ProgramOptions(const AgentSpec& spec) {
  GtpAgentOptions options;
  options.client.process.command = spec.command;
  options.client.process.error_log = spec.log;
  options.client.timeout_s = spec.timeout_s;
  options.seconds = spec.seconds;
  return options;
}

}  // namespace

Result<AgentSpec> AgentSpec::Parse(const std::string& text) {
  AgentSpec spec;
  spec.text = text;
  std::string_view rest = text;
  if (text.starts_with("gtp:")) {
    spec.kind = Kind::kProgram;
    rest.remove_prefix(4);
    auto command = TakeCommand(text, rest);
    if (!command) return Error{command.error()};
    spec.command = std::move(*command);
  } else {
    const std::string head = text.substr(0, text.find(','));
    if (const Status status = ReadHead(head, spec); !status) return Error{status.error()};
    rest.remove_prefix(head.size());
  }
  const int visits = std::exchange(spec.visits, kTimeDecides);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the comma
    const std::string_view option = rest.substr(0, rest.find(','));
    rest.remove_prefix(option.size());
    if (const Status status = ReadOption(option, spec); !status) return Error{status.error()};
  }
  if (spec.visits == kTimeDecides && (spec.seconds == 0.0 || !spec.has_network())) {
    spec.visits = visits;
  }
  return spec;
}

AgentFactory::AgentFactory(const AgentSpec& spec, std::shared_ptr<const Game> game,
                           std::shared_ptr<Evaluator> evaluator)
    : spec_(spec), game_(std::move(game)), evaluator_(std::move(evaluator)) {}

Result<AgentFactory> AgentFactory::Open(const AgentSpec& spec, std::shared_ptr<const Game> game,
                                        Device device) {
  if (spec.kind == AgentSpec::Kind::kProgram) return OpenProgram(spec, std::move(game));
  if (!spec.has_network()) return AgentFactory(spec, std::move(game), nullptr);
  auto evaluator = spec.kind == AgentSpec::Kind::kKataGo ? OpenKataGo(spec, game->spec(), device)
                                                         : OpenNetwork(spec, game->spec(), device);
  if (!evaluator) return Error{evaluator.error()};
  return AgentFactory(spec, std::move(game), std::move(*evaluator));
}

Result<AgentFactory> AgentFactory::OpenProgram(const AgentSpec& spec,
                                               std::shared_ptr<const Game> game) {
  const auto* go = dynamic_cast<const GoGame*>(game.get());
  if (go == nullptr) {
    return Error{StrCat("agent '", spec.text, "': the game is ", game->spec().id,
                        ", wanted go: GTP is for no other")};
  }
  GtpAgent probe(spec.text, ProgramOptions(spec));
  if (const Status plays = probe.Prepare(*go); !plays) {
    return Error{StrCat("agent '", spec.text, "': ", plays.error())};
  }
  AgentFactory factory(spec, std::move(game), nullptr);
  factory.program_ = probe.program();
  return factory;
}

std::unique_ptr<Agent> AgentFactory::Make() const {
  if (spec_.kind == AgentSpec::Kind::kRandom) return std::make_unique<RandomAgent>();
  if (spec_.kind == AgentSpec::Kind::kProgram) {
    return std::make_unique<GtpAgent>(spec_.text, ProgramOptions(spec_));
  }
  if (spec_.visits == 0) {
    return std::make_unique<PolicyAgent>(spec_.text, evaluator_, PolicyChoice::kBest);
  }
  MctsAgentConfig config;
  config.mcts = SearchConfig();
  config.visits = spec_.visits;
  config.seconds = spec_.seconds;
  return std::make_unique<MctsAgent>(spec_.text, SearchEvaluator(), config);
}

bool AgentFactory::searches() const {
  return spec_.has_network() || spec_.kind == AgentSpec::Kind::kRollouts;
}

std::shared_ptr<Evaluator> AgentFactory::SearchEvaluator() const {
  return spec_.has_network() ? evaluator_ : MakeRolloutEvaluator(*game_);
}

// Play wants the strongest move, not exploration: PUCT without noise, most visits win.
MctsConfig AgentFactory::SearchConfig() const {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  config.leaf_batch = spec_.leaf_batch;
  config.max_nodes =
      spec_.visits == AgentSpec::kTimeDecides ? kNodesByTime : std::max(20000, 4 * spec_.visits);
  // Of rollouts, exactly those of the name, at every move.
  if (spec_.kind == AgentSpec::Kind::kRollouts) config.reuse_tree = false;
  return config;
}

}  // namespace tengen

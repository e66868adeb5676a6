#include "experiments/players/agent_spec.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agents/gtp/gtp_agent.h"
#include "agents/mcts_agent.h"
#include "agents/policy_agent.h"
#include "agents/random_agent.h"
#include "envs/go/go_game.h"
#include "experiments/players/alphago_parts.h"
#include "experiments/players/open_network.h"
#include "experiments/players/rollout_evaluator.h"
#include "experiments/players/shipped_networks.h"
#include "nets/katago_profile.h"
#include "search/batch_queue.h"
#include "search/parallel_evaluator.h"

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
bool IsKataGo(const AgentSpec& spec) { return spec.kind == AgentSpec::Kind::kKataGo; }
bool IsAlphaGo(const AgentSpec& spec) { return spec.kind == AgentSpec::Kind::kAlphaGo; }
bool HasVisits(const AgentSpec& spec) { return spec.has_network() || spec.is_alphago(); }
bool Searches(const AgentSpec& spec) { return spec.searches(); }
bool IsProgram(const AgentSpec& spec) { return spec.kind == AgentSpec::Kind::kProgram; }
bool IsTimed(const AgentSpec& spec) { return Searches(spec) || IsProgram(spec); }

bool ReadIntOption(std::string_view value, std::int64_t low, std::int64_t high, int* out) {
  std::int64_t number = 0;
  if (!ReadInt(value, low, high, &number)) return false;
  *out = static_cast<int>(number);
  return true;
}

// What `on` stands for, KataGo's strengths.
constexpr double kLcbStdevs = 5.0;
constexpr double kStdevScale = 0.85;
constexpr double kValueBiasFactor = 0.35;
constexpr double kScoreUtility = 0.3;

// "on", "off" or a number.
bool ReadStrength(std::string_view value, double on, double high, double* strength) {
  if (value != "on" && value != "off") return ReadNumber(value, 0.0, high, strength);
  *strength = value == "on" ? on : 0.0;
  return true;
}

constexpr Option kOptions[] = {
    {"visits", "0 (raw policy) to 10000000", HasVisits,
     [](std::string_view value, AgentSpec& spec) {
       return ReadIntOption(value, 0, 10'000'000, &spec.visits);
     }},
    {"seconds", "0.01 to 86400", IsTimed,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 0.01, 86400.0, &spec.seconds);
     }},
    {"symmetry", "fixed, random or average", IsNetwork,
     [](std::string_view value, AgentSpec& spec) {
       const auto symmetry = ParseSymmetry(value);
       if (symmetry) spec.symmetry = *symmetry;
       return symmetry.ok();
     }},
    {"batch", "1 to 1024", Searches,
     [](std::string_view value, AgentSpec& spec) {
       spec.chose_batch = true;
       return ReadIntOption(value, 1, 1024, &spec.leaf_batch);
     }},
    {"threads", "1 to 256", IsNetwork,
     [](std::string_view value, AgentSpec& spec) {
       spec.chose_threads = true;
       return ReadIntOption(value, 1, 256, &spec.threads);
     }},
    {"c_init", "0 to 100", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 0.0, 100.0, &spec.c_init.emplace());
     }},
    {"c_factor", "0 to 100", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 0.0, 100.0, &spec.c_factor.emplace());
     }},
    {"c_base", "1 to 1e9", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 1.0, 1e9, &spec.c_base.emplace());
     }},
    {"lcb", "on, off or standard deviations, 0 to 100", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadStrength(value, kLcbStdevs, 100.0, &spec.lcb_stdevs.emplace());
     }},
    {"stdev", "on, off or a scale, 0 to 1", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadStrength(value, kStdevScale, 1.0, &spec.stdev.scale);
     }},
    {"value_bias", "on, off or a factor, 0 to 1", Searches,
     [](std::string_view value, AgentSpec& spec) {
       return ReadStrength(value, kValueBiasFactor, 1.0, &spec.value_bias.factor);
     }},
    {"score_utility", "on, off or a factor, 0 to 1", IsNetwork,
     [](std::string_view value, AgentSpec& spec) {
       return ReadStrength(value, kScoreUtility, 1.0, &spec.score_utility);
     }},
    {"policy", "sl, rl or linear", IsAlphaGo,
     [](std::string_view value, AgentSpec& spec) {
       using Policy = AlphaGoOptions::Policy;
       spec.alphago.policy = value == "rl"       ? Policy::kRl
                             : value == "linear" ? Policy::kLinear
                                                 : Policy::kSl;
       return value == "rl" || value == "sl" || value == "linear";
     }},
    {"value", "on or off", IsAlphaGo,
     [](std::string_view value, AgentSpec& spec) {
       using Switch = AlphaGoOptions::Switch;
       spec.alphago.value = value == "on" ? Switch::kOn : Switch::kOff;
       return value == "on" || value == "off";
     }},
    {"rollouts", "on or off", IsAlphaGo,
     [](std::string_view value, AgentSpec& spec) {
       spec.alphago.rollouts = value == "on";
       return value == "on" || value == "off";
     }},
    {"lambda", "0 to 1", IsAlphaGo,
     [](std::string_view value, AgentSpec& spec) {
       return ReadNumber(value, 0.0, 1.0, &spec.alphago.lambda);
     }},
    {"expand", "1 to 1000", IsAlphaGo,
     [](std::string_view value, AgentSpec& spec) {
       return ReadIntOption(value, 1, 1000, &spec.alphago.expand_visits);
     }},
    {"profile", "rank_5k (20k to 9d), rank_5k_1d, preaz_5k or proyear_1954", IsKataGo,
     [](std::string_view value, AgentSpec& spec) {
       spec.profile = value;
       return KataGoProfile::Parse(value).ok();
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

// Takes a word off `rest`: up to the next comma, or what stands between quotes.
Result<std::string> TakeWord(const AgentSpec& spec, std::string_view& rest) {
  std::string word;
  if (!rest.starts_with('"')) {
    word = rest.substr(0, rest.find(','));
    rest.remove_prefix(word.size());
    return word;
  }
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    word += rest[i];
  }
  if (i >= rest.size()) {
    return Error{StrCat("agent '", spec.text, "': a quote is open, wanted another \" at its end")};
  }
  rest.remove_prefix(i + 1);
  return word;
}

// A word that is not empty and has only options behind it.
Status TakeWhole(std::string_view& rest, AgentSpec& spec, const char* wanted, std::string* word) {
  auto taken = TakeWord(spec, rest);
  if (!taken) return Error{taken.error()};
  if (!rest.empty() && rest.front() != ',') {
    return Error{StrCat("agent '", spec.text, "': '", rest, "' behind the quotes, wanted a comma")};
  }
  if (taken->find_first_not_of(' ') == std::string::npos) {
    return Error{StrCat("agent '", spec.text, "', wanted ", wanted)};
  }
  *word = std::move(*taken);
  return Ok{};
}

// An option without its comma; takes it off `rest`.
Status TakeOption(std::string_view& rest, AgentSpec& spec) {
  const std::string_view key = rest.substr(0, rest.find_first_of("=,"));
  rest.remove_prefix(key.size());
  std::string value;
  if (rest.starts_with('=')) {
    rest.remove_prefix(1);
    if (rest.starts_with('"')) {
      if (Status taken = TakeWhole(rest, spec, "a value between the quotes", &value); !taken) {
        return taken;
      }
    } else {
      value = TakeWord(spec, rest).value();
    }
  }
  std::string known;
  for (const Option& candidate : kOptions) {
    if (!candidate.known(spec)) continue;
    known += StrCat(known.empty() ? "" : ", ", candidate.key, "=");
    if (candidate.key != key) continue;
    if (candidate.read(value, spec)) return Ok{};
    return Error{
        StrCat("agent '", spec.text, "': ", key, "=", value, ", wanted ", candidate.wanted)};
  }
  return Error{StrCat("agent '", spec.text, "': unknown option '", key, value.empty() ? "" : "=",
                      value, known.empty() ? "' (random has none)" : "' (known: " + known + ")")};
}

Status ReadCommand(std::string_view& rest, AgentSpec& spec) {
  spec.kind = AgentSpec::Kind::kProgram;
  constexpr const char* kWanted = "gtp:\"COMMAND\" with one line";
  if (Status taken = TakeWhole(rest, spec, kWanted, &spec.command); !taken) return taken;
  if (spec.command.find('\n') == std::string::npos) return Ok{};
  return Error{StrCat("agent '", spec.text, "', wanted ", kWanted)};
}

Status ReadRollouts(std::string_view& rest, AgentSpec& spec) {
  const std::string_view text = rest.substr(0, rest.find(','));
  rest.remove_prefix(text.size());
  spec.kind = AgentSpec::Kind::kRollouts;
  if (ReadIntOption(text, 1, 10'000'000, &spec.visits)) return Ok{};
  return Error{StrCat("agent '", spec.text, "', wanted mcts:ROLLOUTS with 1 to 10000000")};
}

// FOLDER[@STEP]
Status ReadRun(std::string_view& rest, AgentSpec& spec) {
  spec.kind = AgentSpec::Kind::kNetwork;
  const bool quoted = rest.starts_with('"');
  auto folder = TakeWord(spec, rest);
  if (!folder) return Error{folder.error()};
  std::string behind(rest.substr(0, rest.find(',')));  // a quoted folder
  rest.remove_prefix(behind.size());
  if (const std::size_t at = folder->rfind('@'); !quoted && at != std::string::npos) {
    behind = folder->substr(at);
    folder->resize(at);
  }
  if (folder->empty()) return Error{StrCat("agent '", spec.text, "', wanted run:FOLDER[@STEP]")};
  spec.folder = *folder;
  if (behind.empty()) return Ok{};
  std::int64_t step = 0;
  if (behind.front() != '@' || !ReadInt(std::string_view(behind).substr(1), 0, INT64_MAX, &step)) {
    return Error{StrCat("agent '", spec.text, "': step '", behind.substr(behind.front() == '@'),
                        "', wanted a number of learner steps; a folder with an @ in its name "
                        "stands between quotes: run:\"FOLDER\"")};
  }
  spec.step = step;
  return Ok{};
}

// A file or folder of AlphaGo's stages.
Status ReadStages(std::string_view& rest, AgentSpec::Kind kind, const char* wanted,
                  AgentSpec& spec) {
  spec.kind = kind;
  std::string path;
  if (Status taken = TakeWhole(rest, spec, wanted, &path); !taken) return taken;
  spec.folder = path;
  return Ok{};
}

Status ReadShipped(std::string_view& rest, AgentSpec& spec) {
  spec.kind = AgentSpec::Kind::kNetwork;
  std::string name;
  if (Status taken = TakeWhole(rest, spec, "net:NAME", &name); !taken) return taken;
  auto folder = ShippedNetwork(name);
  if (!folder) return Error{StrCat("agent '", spec.text, "': ", folder.error())};
  spec.folder = std::move(*folder);
  return Ok{};
}

Status ReadKataGo(std::string_view& rest, AgentSpec& spec) {
  spec.kind = AgentSpec::Kind::kKataGo;
  std::string file;
  if (Status taken = TakeWhole(rest, spec, "katago:FILE", &file); !taken) return taken;
  spec.folder = file;
  return Ok{};
}

// What stands before the options; takes it off `rest`.
Status ReadHead(std::string_view& rest, AgentSpec& spec) {
  const auto takes = [&rest](std::string_view head) {
    if (!rest.starts_with(head)) return false;
    rest.remove_prefix(head.size());
    return true;
  };
  if (takes("gtp:")) return ReadCommand(rest, spec);
  if (takes("mcts:")) return ReadRollouts(rest, spec);
  if (takes("run:")) return ReadRun(rest, spec);
  if (takes("rollouts:")) {
    return ReadStages(rest, AgentSpec::Kind::kLearntRollouts, "rollouts:FILE", spec);
  }
  if (takes("alphago:")) {
    return ReadStages(rest, AgentSpec::Kind::kAlphaGo, "alphago:FOLDER", spec);
  }
  if (takes("net:")) return ReadShipped(rest, spec);
  if (takes("katago:")) return ReadKataGo(rest, spec);
  if (takes("random") && (rest.empty() || rest.front() == ',')) return Ok{};
  return Error{
      StrCat("agent '", spec.text,
             "', wanted random, mcts:ROLLOUTS, run:FOLDER[@STEP], net:NAME, katago:FILE or "
             "gtp:\"COMMAND\", rollouts:FILE or alphago:FOLDER, with options such as ,visits=100")};
}

constexpr int kNodesByTime = 200'000;  // of a search that only time limits

GtpAgentOptions ProgramOptions(const AgentSpec& spec) {
  GtpAgentOptions options;
  options.client.process.command = spec.command;
  options.client.process.error_log = spec.log;
  options.client.process.interruption = spec.interruption;
  options.client.timeout_s = spec.timeout_s;
  options.seconds = spec.seconds;
  return options;
}

}  // namespace

Result<AgentSpec> AgentSpec::Parse(const std::string& text) {
  AgentSpec spec;
  spec.text = text;
  std::string_view rest = text;
  if (const Status status = ReadHead(rest, spec); !status) return Error{status.error()};
  const int visits = std::exchange(spec.visits, kTimeDecides);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the comma
    if (const Status status = TakeOption(rest, spec); !status) return Error{status.error()};
  }
  if (spec.visits == kTimeDecides && (spec.seconds == 0.0 || !HasVisits(spec))) {
    spec.visits = visits;
  }
  spec.UseThreads(spec.threads);
  return spec;
}

Result<EvaluatedSymmetry> ParseSymmetry(std::string_view text) {
  if (text == "identity" || text == "fixed") return EvaluatedSymmetry::kIdentity;
  if (text == "random") return EvaluatedSymmetry::kRandom;
  if (text == "average") return EvaluatedSymmetry::kAverage;
  return Error{StrCat("symmetry '", text, "', wanted identity, random or average")};
}

std::string AgentWord(std::string_view word) {
  if (!word.empty() && word.find_first_of(" ,@\"") == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

AgentFactory::AgentFactory(const AgentSpec& spec, std::shared_ptr<const Game> game,
                           std::shared_ptr<Evaluator> evaluator)
    : spec_(spec), game_(std::move(game)), evaluator_(std::move(evaluator)) {}

Result<AgentFactory> AgentFactory::Open(const AgentSpec& spec, std::shared_ptr<const Game> game,
                                        Device device) {
  if (spec.kind == AgentSpec::Kind::kProgram) return OpenProgram(spec, std::move(game));
  if (spec.is_alphago()) {
    auto parts = AlphaGoParts::Open(spec, game->spec(), device);
    if (!parts) return Error{parts.error()};
    AgentFactory factory(spec, std::move(game), nullptr);
    factory.alphago_ = *std::move(parts);
    return factory;
  }
  if (!spec.has_network()) return AgentFactory(spec, std::move(game), nullptr);
  auto evaluator = OpenNetwork(spec, game->spec(), device);
  if (!evaluator) return Error{evaluator.error()};
  if (spec.symmetry == EvaluatedSymmetry::kAverage) {
    *evaluator = std::make_shared<SymmetryEvaluator>(std::move(*evaluator), spec.symmetry);
  }
  if (spec.threads > 1 && !device.is_cuda()) {
    *evaluator = std::make_shared<ParallelEvaluator>(std::move(*evaluator), spec.threads);
  }
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
  return MakeWith(SearchEvaluator());
}

std::unique_ptr<Agent> AgentFactory::MakeWith(std::shared_ptr<Evaluator> evaluator) const {
  if (spec_.visits == 0) {
    return std::make_unique<PolicyAgent>(spec_.text, std::move(evaluator), PolicyChoice::kBest);
  }
  MctsAgentConfig config;
  config.mcts = SearchConfig();
  config.visits = spec_.visits;
  config.seconds = spec_.seconds;
  return std::make_unique<MctsAgent>(spec_.text, std::move(evaluator), config);
}

std::shared_ptr<Evaluator> AgentFactory::SearchEvaluator() const {
  if (spec_.is_alphago()) return alphago_->MakeEvaluator();
  return spec_.has_network() ? evaluator_ : MakeRolloutEvaluator(*game_);
}

void AgentSpec::UseThreads(int count) {
  threads = count;
  const LeafBatches together = LeafBatchesFor(visits, BatchesFor(threads));
  batches = together.batches;
  if (threads > 1 && !chose_batch) leaf_batch = together.leaf_batch;
}

// Of networks for two players. AlphaZero's 1.25 explores for the sake of training; with 50 and 100
// visits on 9x9 net:go9 and KataGo's g170-b6c96 win two of three games with this against it, and
// policy and value network of alphago with learnt rollouts 63 %, without them 76 %.
constexpr double kNetworkCInit = 0.55;

// Play wants the strongest move, not exploration: PUCT without noise, and of networks the best
// lower bound, which wins 60.5 % with net:go9 and 56 % with g170-b6c96 against most visits (100
// visits).
MctsConfig AgentSpec::Search() const {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  config.leaf_batch = leaf_batch;
  config.batches = batches;
  config.c_init =
      c_init.value_or(has_network() || kind == Kind::kAlphaGo ? kNetworkCInit : config.c_init);
  config.c_factor = c_factor.value_or(config.c_factor);
  config.c_base = c_base.value_or(config.c_base);
  config.lcb.stdevs = lcb_stdevs.value_or(has_network() ? kLcbStdevs : 0.0);
  config.stdev = stdev;
  config.value_bias = value_bias;
  config.score_utility = score_utility;
  config.expand_visits = alphago.expand_visits;
  return config;
}

MctsConfig AgentFactory::SearchConfig() const {
  MctsConfig config = spec_.Search();
  config.max_nodes =
      spec_.visits == AgentSpec::kTimeDecides ? kNodesByTime : std::max(20000, 4 * spec_.visits);
  // Networks for one player, whose returns have no known range, play as MuZero does.
  if (game_->spec().num_players == 1) {
    if (!spec_.c_init) config.c_init = MctsConfig().c_init;
    config.lcb.stdevs = spec_.lcb_stdevs.value_or(0.0);
  }
  // Of rollouts, exactly those of the name, at every move.
  if (spec_.kind == AgentSpec::Kind::kRollouts || spec_.kind == AgentSpec::Kind::kLearntRollouts) {
    config.reuse_tree = false;
  }
  return config;
}

}  // namespace tengen

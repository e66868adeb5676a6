#include "experiments/match/agent_spec.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "agents/mcts_agent.h"
#include "agents/policy_agent.h"
#include "agents/random_agent.h"
#include "experiments/match/rollout_policy.h"
#include "experiments/run/run_folder.h"
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

Status ReadOption(std::string_view option, AgentSpec& spec) {
  const std::size_t equals = option.find('=');
  const std::string_view key = option.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
  std::int64_t number = 0;
  if (spec.kind != AgentSpec::Kind::kRandom) {
    if (key == "visits" && spec.has_network()) {
      if (!ReadInt(value, 0, 10'000'000, &number)) {
        return Error{StrCat("agent '", spec.text, "': visits=", value,
                            ", wanted 0 (raw policy) to 10000000")};
      }
      spec.visits = static_cast<int>(number);
      return Ok{};
    }
    if (key == "batch") {
      if (!ReadInt(value, 1, 1024, &number)) {
        return Error{StrCat("agent '", spec.text, "': batch=", value, ", wanted 1 to 1024")};
      }
      spec.leaf_batch = static_cast<int>(number);
      return Ok{};
    }
    if (key == "symmetry" && spec.has_network()) {
      if (value != "fixed" && value != "random") {
        return Error{
            StrCat("agent '", spec.text, "': symmetry=", value, ", wanted fixed or random")};
      }
      spec.fixed_symmetry = value == "fixed";
      return Ok{};
    }
  }
  return Error{StrCat("agent '", spec.text, "': unknown option '", option,
                      spec.has_network() ? "' (known: visits=N, symmetry=fixed|random, batch=K)"
                      : spec.kind == AgentSpec::Kind::kRollouts ? "' (known: batch=K)"
                                                                : "' (random has none)")};
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
  if (head.starts_with("katago:") && head.size() > 7) {
    spec.kind = AgentSpec::Kind::kKataGo;
    spec.folder = head.substr(7);
    return Ok{};
  }
  return Error{StrCat("agent '", spec.text,
                      "', wanted random, mcts:ROLLOUTS, run:FOLDER[@STEP] or katago:FILE, with "
                      "options such as ,visits=100")};
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

}  // namespace

Result<AgentSpec> AgentSpec::Parse(const std::string& text) {
  AgentSpec spec;
  spec.text = text;
  const std::size_t comma = text.find(',');
  const Status head = ReadHead(text.substr(0, comma), spec);
  if (!head) return Error{head.error()};
  std::string_view rest = text;
  rest.remove_prefix(comma == std::string::npos ? text.size() : comma + 1);
  while (!rest.empty()) {
    const std::string_view option = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), option.size() + 1));
    const Status status = ReadOption(option, spec);
    if (!status) return Error{status.error()};
  }
  return spec;
}

AgentFactory::AgentFactory(const AgentSpec& spec, std::shared_ptr<const Game> game,
                           std::shared_ptr<Evaluator> evaluator)
    : spec_(spec), game_(std::move(game)), evaluator_(std::move(evaluator)) {}

Result<AgentFactory> AgentFactory::Open(const AgentSpec& spec, std::shared_ptr<const Game> game,
                                        Device device) {
  if (!spec.has_network()) return AgentFactory(spec, std::move(game), nullptr);
  auto evaluator = spec.kind == AgentSpec::Kind::kKataGo ? OpenKataGo(spec, game->spec(), device)
                                                         : OpenNetwork(spec, game->spec(), device);
  if (!evaluator) return Error{evaluator.error()};
  return AgentFactory(spec, std::move(game), std::move(*evaluator));
}

std::unique_ptr<Agent> AgentFactory::Make() const {
  if (spec_.kind == AgentSpec::Kind::kRandom) return std::make_unique<RandomAgent>();
  if (spec_.visits == 0) {
    return std::make_unique<PolicyAgent>(spec_.text, evaluator_, PolicyChoice::kBest);
  }
  // Play wants the strongest move, not exploration: PUCT without noise, most visits win.
  MctsAgentConfig config;
  config.mcts.root = RootSelection::kPuct;
  config.mcts.noise_fraction = 0.0;
  config.mcts.leaf_batch = spec_.leaf_batch;
  config.mcts.max_nodes = std::max(20000, 4 * spec_.visits);
  config.visits = spec_.visits;
  if (spec_.kind == AgentSpec::Kind::kRollouts) {
    config.mcts.reuse_tree = false;  // exactly the rollouts of the name, at every move
    return std::make_unique<MctsAgent>(spec_.text, MakeRolloutEvaluator(*game_), config);
  }
  return std::make_unique<MctsAgent>(spec_.text, evaluator_, config);
}

}  // namespace tengen

#include "experiments/viewer/control/control_policy.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "agents/mcts_agent.h"
#include "envs/control/control_game.h"
#include "envs/registry/env_registry.h"
#include "envs/registry/game_registry.h"
#include "experiments/players/agent_spec.h"
#include "experiments/runs/rl_policy_file.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

class IdlePolicy final : public ControlPolicy {
 public:
  explicit IdlePolicy(EnvSpec spec) : spec_(std::move(spec)) {}
  std::string Name() const override { return "idle"; }
  void Restart(std::uint32_t) override { step_ = 0; }
  ControlThought Think(std::span<const float>) override {
    return {HandAction(spec_, Push::kNone, 1.0, step_), {}, {}};
  }
  void Advance(const ControlAction&) override { ++step_; }

 private:
  const EnvSpec spec_;
  int step_ = 0;
};

class RandomPolicy final : public ControlPolicy {
 public:
  explicit RandomPolicy(ActionSpace space) : space_(std::move(space)) {}
  std::string Name() const override { return "random"; }
  void Restart(std::uint32_t seed) override { rng_ = Rng(seed, RngRole::kMatch); }
  ControlThought Think(std::span<const float>) override {
    ControlThought thought;
    if (space_.discrete()) {
      const auto count = static_cast<std::uint32_t>(space_.num_actions);
      thought.action.index = static_cast<std::int32_t>(rng_.Below(count));
      return thought;
    }
    for (std::size_t k = 0; k < space_.low.size(); ++k) {
      const auto share = static_cast<float>(rng_.Uniform());
      thought.action.values.push_back(space_.low[k] + share * (space_.high[k] - space_.low[k]));
    }
    return thought;
  }
  void Advance(const ControlAction&) override {}

 private:
  const ActionSpace space_;
  Rng rng_{0, RngRole::kMatch};
};

class NetworkPolicy final : public ControlPolicy {
 public:
  NetworkPolicy(std::string name, std::unique_ptr<RlPolicy> policy)
      : name_(std::move(name)), policy_(std::move(policy)) {}
  std::string Name() const override { return name_; }
  void Restart(std::uint32_t) override {}
  ControlThought Think(std::span<const float> observation) override {
    ControlThought thought;
    thought.output = policy_->Evaluate(observation);
    thought.action = {thought.output.index, thought.output.values};
    return thought;
  }
  void Advance(const ControlAction&) override {}

 private:
  const std::string name_;
  const std::unique_ptr<RlPolicy> policy_;
};

// Follows the episode as a game of one player (envs/control/control_game.h), whose start and
// arithmetic are the environment's.
class PlanningPolicy final : public ControlPolicy {
 public:
  PlanningPolicy(std::shared_ptr<const Game> game, const AgentFactory& factory)
      : game_(std::move(game)), name_(factory.spec().text), agent_(factory.Make()) {
    Restart(0);
  }
  std::string Name() const override { return name_; }
  void Restart(std::uint32_t seed) override {
    started_ = game_->WithStart(seed);
    state_ = started_->NewState();
    rng_ = Rng(seed, RngRole::kMatch);
    agent_->Restart();
  }
  ControlThought Think(std::span<const float>) override {
    ControlThought thought;
    const ActResult result = agent_->Act(*state_, rng_);
    thought.action.index = result.action;
    thought.output.value = result.info.value;
    const auto* planner = dynamic_cast<const MctsAgent*>(agent_.get());
    if (planner == nullptr) return thought;
    const SearchResult& search = planner->last_result();
    thought.output.probabilities = search.priors;
    thought.output.q = search.q;
    thought.visits = search.visits;
    return thought;
  }
  void Advance(const ControlAction& action) override {
    if (!state_->IsTerminal()) state_->Apply(action.index);
  }

 private:
  const std::shared_ptr<const Game> game_;
  const std::string name_;
  std::unique_ptr<Agent> agent_;
  std::shared_ptr<const Game> started_;  // of this episode
  std::unique_ptr<State> state_;
  Rng rng_{0, RngRole::kMatch};
};

// The game of a run of `tengen train`, "" if there is none.
std::string GameOfTrainRun(const fs::path& folder) {
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text) return "";
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("selfplay")) return "";
  const auto games = json["selfplay"].value("games", std::vector<std::string>());
  return games.empty() ? "" : games.front();
}

bool IsControlGame(const std::string& game_id, const std::string& task) {
  return game_id.substr(0, game_id.find(':')) == task;
}

// The game to plan in: the one that the network was trained in, with its discount.
Result<std::shared_ptr<const Game>> PlanningGame(const AgentSpec& agent, const EnvSpec& env) {
  const auto& planned = ControlGameEnvs();
  if (std::none_of(planned.begin(), planned.end(),
                   [&](const EnvSpec& spec) { return spec.name == env.name; })) {
    return Error{
        StrCat("'", agent.text, "' cannot plan in ", env.name, ": its actions are not discrete")};
  }
  const std::string trained = GameOfTrainRun(agent.folder);
  if (!trained.empty() && !IsControlGame(trained, env.name)) {
    return Error{StrCat("'", agent.text, "' plays ", trained, ", wanted ", env.name)};
  }
  return MakeGame(trained.empty() ? env.name : trained);
}

Result<std::unique_ptr<ControlPolicy>> MakePlanner(const AgentSpec& spec, const EnvSpec& env,
                                                   Device device) {
  const auto game = PlanningGame(spec, env);
  if (!game) return Error{game.error()};
  const auto factory = AgentFactory::Open(spec, *game, device);
  if (!factory) return Error{factory.error()};
  return std::unique_ptr<ControlPolicy>(std::make_unique<PlanningPolicy>(*game, *factory));
}

// A run of `tengen rl`, and which of its policies.
struct RlPolicyText {
  fs::path folder;
  std::optional<std::uint64_t> seed;
};

struct Idle {};
struct Random {};
// A policy's text, read once.
using PolicyText = std::variant<Idle, Random, AgentSpec, RlPolicyText>;

// FOLDER[,seed=N]
Result<PolicyText> ParseRlPolicy(const std::string& text) {
  const std::size_t comma = text.rfind(",seed=");
  if (comma == std::string::npos) return PolicyText(RlPolicyText{text, std::nullopt});
  std::uint64_t seed = 0;
  const char* begin = text.data() + comma + 6;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Error{StrCat("policy '", text, "', wanted FOLDER,seed=NUMBER")};
  }
  return PolicyText(RlPolicyText{text.substr(0, comma), seed});
}

Result<PolicyText> ParsePolicy(const std::string& text) {
  if (text == "idle") return PolicyText(Idle{});
  if (text == "random") return PolicyText(Random{});
  for (const char* head : {"run:", "net:", "mcts:"}) {
    if (!text.starts_with(head)) continue;
    auto agent = AgentSpec::Parse(text);
    if (!agent) return Error{agent.error()};
    return PolicyText(std::move(*agent));
  }
  return ParseRlPolicy(text);
}

std::string Describe(const RlConfig& config, const SavedRlPolicy& policy) {
  std::string text = StrCat(config.algorithm, ", seed ", policy.seed);
  if (!policy.mean_return) return text + ", still training";
  char number[32];
  std::snprintf(number, sizeof(number), ", return %.1f", *policy.mean_return);
  return text + number;
}

Result<std::unique_ptr<ControlPolicy>> MakeNetworkPolicy(const RlPolicyText& text,
                                                         const EnvSpec& env) {
  const auto run = ReadRlRun(text.folder);
  if (!run) return Error{run.error()};
  if (FindControlTask(run->config.env)->name != env.name) {
    return Error{
        StrCat(text.folder, " learns ", run->config.env, ", wanted a policy for ", env.name)};
  }
  const SavedRlPolicy* saved = run->Find(text.seed);
  if (saved == nullptr) {
    return Error{StrCat(text.folder, " has no policy",
                        text.seed ? StrCat(" of seed ", *text.seed) : " yet")};
  }
  auto policy = LoadRlPolicy(run->config, *saved);
  if (!policy) return Error{policy.error()};
  return std::unique_ptr<ControlPolicy>(
      std::make_unique<NetworkPolicy>(Describe(run->config, *saved), std::move(*policy)));
}

void AddChoices(const fs::path& folder, const std::string& task,
                std::vector<ControlPolicyChoice>& choices) {
  const std::string name = folder.filename().string();
  if (IsRlRun(folder)) {
    const auto run = ReadRlRun(folder);
    if (!run || FindControlTask(run->config.env)->name != task) return;
    for (const SavedRlPolicy& policy : run->policies) {
      choices.push_back({StrCat(folder.string(), ",seed=", policy.seed),
                         StrCat(name, ": ", Describe(run->config, policy))});
    }
    return;
  }
  if (!IsControlGame(GameOfTrainRun(folder), task) || RunFolder::Checkpoints(folder).empty()) {
    return;
  }
  for (const int visits : {0, 16, 100}) {
    choices.push_back({StrCat("run:", AgentWord(folder.string()), ",visits=", visits),
                       visits == 0 ? StrCat(name, ": its network, no search")
                                   : StrCat(name, ": plans, ", visits, " visits a step")});
  }
}

}  // namespace

Result<std::unique_ptr<ControlPolicy>> MakeControlPolicy(const std::string& text,
                                                         const std::string& env_id, Device device) {
  const auto env = MakeEnv(env_id);
  if (!env) return Error{env.error()};
  const EnvSpec& spec = (*env)->spec();
  const auto policy = ParsePolicy(text);
  if (!policy) return Error{policy.error()};
  if (const auto* agent = std::get_if<AgentSpec>(&*policy))
    return MakePlanner(*agent, spec, device);
  if (const auto* learned = std::get_if<RlPolicyText>(&*policy)) {
    return MakeNetworkPolicy(*learned, spec);
  }
  if (std::holds_alternative<Random>(*policy)) {
    return std::unique_ptr<ControlPolicy>(std::make_unique<RandomPolicy>(spec.action));
  }
  return std::unique_ptr<ControlPolicy>(std::make_unique<IdlePolicy>(spec));
}

std::vector<ControlPolicyChoice> FindControlPolicies(const std::string& env_id,
                                                     const fs::path& runs) {
  std::vector<ControlPolicyChoice> choices = {{"idle", "nobody (idle)"}, {"random", "random"}};
  const ControlTask* task = FindControlTask(env_id);
  if (task == nullptr) return choices;
  std::vector<std::pair<fs::file_time_type, fs::path>> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error)) {
    const auto time = fs::last_write_time(entry.path() / "config.json", error);
    if (!error) folders.emplace_back(time, entry.path());
  }
  std::sort(folders.rbegin(), folders.rend());
  for (const auto& [time, folder] : folders) AddChoices(folder, task->name, choices);
  return choices;
}

Result<std::optional<ControlRun>> FindControlRun(const std::string& what) {
  using Found = std::optional<ControlRun>;
  if (FindControlTask(what) != nullptr) return Found({what, "idle"});
  if (IsRlRun(what)) {
    const auto run = ReadRlRun(what);
    if (!run) return Error{run.error()};
    return Found({run->config.env, what});
  }
  const std::string game = GameOfTrainRun(what);
  const std::string name = game.substr(0, game.find(':'));
  if (FindControlTask(name) == nullptr) return Found();
  return Found({name, StrCat("run:", AgentWord(what)), /*trained_by_planning=*/true});
}

}  // namespace tengen

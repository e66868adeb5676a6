#include "experiments/players/alphago_parts.h"

#include <utility>

#include "agents/alphago/linear_evaluator.h"
#include "experiments/players/network_folder.h"
#include "experiments/players/open_network.h"
#include "search/leaf_mix_evaluator.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr double kPriorExponent = 0.67;  // the paper's, with policy networks

bool HasNetwork(const fs::path& folder) { return NetworkFolder(folder).ok(); }

Result<std::shared_ptr<const LinearFactors>> ReadFactors(const fs::path& path, AlphaGoStage stage) {
  const auto file = LinearPolicyFileOf(path, stage);
  if (!file) return Error{file.error()};
  const auto policy = ReadLinearPolicy(*file);
  if (!policy) return Error{policy.error()};
  return std::make_shared<const LinearFactors>(policy->policy);
}

Result<std::shared_ptr<Evaluator>> OpenStage(const AgentSpec& spec, const fs::path& folder,
                                             const GameSpec& game, Device device) {
  AgentSpec network = spec;
  network.kind = AgentSpec::Kind::kNetwork;
  network.folder = folder;
  network.step.reset();
  return OpenNetwork(network, game, device);
}

}  // namespace

fs::path StageFolder(const fs::path& run, AlphaGoStage stage) {
  constexpr const char* kNames[] = {"rollouts", "rollouts-rl", "sl", "rl", "value"};
  return run / kNames[static_cast<std::size_t>(stage)];
}

Result<fs::path> LinearPolicyFileOf(const fs::path& path, AlphaGoStage stage) {
  std::error_code ignored;
  if (stage == AlphaGoStage::kRollouts && fs::is_regular_file(path, ignored)) return path;
  const fs::path of_stage = StageFolder(path, stage) / kLinearPolicyFile;
  if (fs::is_regular_file(of_stage, ignored)) return of_stage;
  const fs::path own = path / kLinearPolicyFile;
  if (stage == AlphaGoStage::kRollouts && fs::is_regular_file(own, ignored)) return own;
  return Error{StrCat("no ", stage == AlphaGoStage::kRollouts ? own.string() : of_stage.string(),
                      ", wanted what `tengen learn ",
                      stage == AlphaGoStage::kRollouts ? "rollout-policy" : "rollout-reinforce",
                      "` writes")};
}

Result<std::shared_ptr<const AlphaGoParts>> AlphaGoParts::Open(const AgentSpec& spec,
                                                               const GameSpec& game,
                                                               Device device) {
  const auto fail = [&spec](const std::string& why) {
    return Error{StrCat("agent '", spec.text, "': ", why)};
  };
  if (game.name != "go") {
    return fail(StrCat("the game is ", game.id, ", wanted go: its policy knows no other"));
  }
  std::shared_ptr<AlphaGoParts> parts(new AlphaGoParts(spec));
  if (spec.kind == AgentSpec::Kind::kLearntRollouts || spec.alphago.rollouts) {
    auto rollouts = ReadFactors(spec.folder, AlphaGoStage::kRollouts);
    if (!rollouts) return fail(rollouts.error());
    parts->rollouts_ = *std::move(rollouts);
  }
  if (spec.kind == AgentSpec::Kind::kAlphaGo) {
    if (const Status status = parts->OpenPolicy(game, device); !status) return fail(status.error());
    if (const Status status = parts->OpenValue(game, device); !status) return fail(status.error());
  }
  return std::shared_ptr<const AlphaGoParts>(std::move(parts));
}

Status AlphaGoParts::OpenPolicy(const GameSpec& game, Device device) {
  using Policy = AlphaGoOptions::Policy;
  const bool rl = spec_.alphago.policy == Policy::kRl;
  const fs::path folder = StageFolder(spec_.folder, rl ? AlphaGoStage::kRl : AlphaGoStage::kSl);
  if (spec_.alphago.policy != Policy::kLinear && HasNetwork(folder)) {
    auto network = OpenStage(spec_, folder, game, device);
    if (!network) return Error{network.error()};
    policy_network_ = *std::move(network);
    return Ok{};
  }
  if (!rl && rollouts_ != nullptr) {
    linear_prior_ = rollouts_;
    return Ok{};
  }
  auto linear = ReadFactors(spec_.folder, rl ? AlphaGoStage::kRolloutsRl : AlphaGoStage::kRollouts);
  if (!linear) return Error{linear.error()};
  linear_prior_ = *std::move(linear);
  return Ok{};
}

Status AlphaGoParts::OpenValue(const GameSpec& game, Device device) {
  using Switch = AlphaGoOptions::Switch;
  if (spec_.alphago.value == Switch::kOff) return Ok{};
  const fs::path own = StageFolder(spec_.folder, AlphaGoStage::kValue);
  const fs::path sl = StageFolder(spec_.folder, AlphaGoStage::kSl);
  if (!HasNetwork(own) && !HasNetwork(sl)) {
    if (spec_.alphago.value == Switch::kAsThere) return Ok{};
    return Error{StrCat("value=on, but there is no network in ", own.string(), " or ", sl.string(),
                        "; wanted value=off")};
  }
  auto network = OpenStage(spec_, HasNetwork(own) ? own : sl, game, device);
  if (!network) return Error{network.error()};
  value_network_ = *std::move(network);
  return Ok{};
}

std::shared_ptr<Evaluator> AlphaGoParts::Rollouts() const {
  return std::make_shared<RolloutEvaluator>(1, std::make_unique<LinearRolloutPolicy>(rollouts_));
}

std::shared_ptr<Evaluator> AlphaGoParts::MakeEvaluator() const {
  if (spec_.kind == AgentSpec::Kind::kLearntRollouts) {
    if (spec_.visits == 0) return std::make_shared<LinearEvaluator>(rollouts_);
    return Rollouts();
  }
  LeafMixParts parts;
  parts.prior = policy_network_;
  if (parts.prior == nullptr) parts.prior = std::make_shared<LinearEvaluator>(linear_prior_);
  parts.value = value_network_;
  if (rollouts_ != nullptr && spec_.visits > 0) parts.rollouts = Rollouts();
  LeafMixOptions options;
  options.lambda = spec_.alphago.lambda;
  options.prior_exponent = spec_.visits > 0 ? kPriorExponent : 1.0;
  return std::make_shared<LeafMixEvaluator>(std::move(parts), options);
}

}  // namespace tengen

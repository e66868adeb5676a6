#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

#include "agents/gtp/gtp_engine.h"
#include "search/batch_queue.h"
#include "search/parallel_evaluator.h"

// Settings by KataGo's names (its GTP extensions kata-get-param and their like).

namespace tengen {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostKataGoVisits = 1125899906842624.0;  // 2^50: no limit, in its setup.cpp
constexpr int kMostVisits = 100'000'000;                  // that mean something here
constexpr int kMostThreads = 1024;
constexpr double kLeastSeconds = 0.001;  // a move's; KataGo's maxTime of 0 is as little as can be

Result<bool> ParseFlag(const std::string& text) {
  const std::string lower = LowerCase(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return Error{"wanted true or false"};
}

// One setting: how it is told and taken. Win rates and reductions are in KataGo's units.
struct Param {
  const char* name;
  Json (*get)(const GtpConfig& config);
  Status (*set)(const std::string& value, GtpConfig& config);
};

Status SetNumber(const std::string& value, double low, double high, double factor, double& out) {
  const auto number = ParseGtpNumber(value, low, high);
  if (!number) return Error{number.error()};
  out = *number * factor;
  return Ok{};
}

constexpr double kNoTimeLimit = 1e20;  // as KataGo says it

// Visits or playouts, whole.
Status SetCount(const std::string& value, int& out) {
  const auto number = ParseGtpNumber(value, 1.0, kMostKataGoVisits);
  if (!number || *number != std::floor(*number)) {
    return Error{"wanted a whole number from 1 to 2^50"};
  }
  out = static_cast<int>(std::min<double>(*number, kMostVisits));
  return Ok{};
}

Status SetFlag(const std::string& value, bool& out) {
  const auto flag = ParseFlag(value);
  if (!flag) return Error{flag.error()};
  out = *flag;
  return Ok{};
}

constexpr Param kParams[] = {
    {"maxVisits", [](const GtpConfig& config) { return Json(config.visits); },
     [](const std::string& value, GtpConfig& config) { return SetCount(value, config.visits); }},
    {"maxPlayouts",
     [](const GtpConfig& config) {
       return config.playouts < kMostVisits ? Json(config.playouts)
                                            : Json(static_cast<std::int64_t>(kMostKataGoVisits));
     },
     [](const std::string& value, GtpConfig& config) { return SetCount(value, config.playouts); }},
    {"maxTime",
     [](const GtpConfig& config) {
       return Json(config.seconds > 0.0 ? config.seconds : kNoTimeLimit);
     },
     [](const std::string& value, GtpConfig& config) -> Status {
       double seconds = 0.0;
       const Status status = SetNumber(value, 0.0, kNoTimeLimit, 1.0, seconds);
       if (status) config.seconds = seconds < 1e9 ? std::max(seconds, kLeastSeconds) : 0.0;
       return status;
     }},
    {"rootPolicyTemperature", [](const GtpConfig& config) { return Json(config.root_temperature); },
     [](const std::string& value, GtpConfig& config) -> Status {
       return SetNumber(value, 0.01, 100.0, 1.0, config.root_temperature);
     }},
    {"fpuReductionMax",
     [](const GtpConfig& config) { return Json(2.0 * config.mcts.fpu_reduction); },
     [](const std::string& value, GtpConfig& config) -> Status {
       return SetNumber(value, 0.0, 2.0, 0.5, config.mcts.fpu_reduction);
     }},
    {"rootFpuReductionMax",
     [](const GtpConfig& config) { return Json(2.0 * config.mcts.root_fpu_reduction); },
     [](const std::string& value, GtpConfig& config) -> Status {
       return SetNumber(value, 0.0, 2.0, 0.5, config.mcts.root_fpu_reduction);
     }},
    {"resignThreshold", [](const GtpConfig& config) { return Json(config.resign_below); },
     [](const std::string& value, GtpConfig& config) -> Status {
       return SetNumber(value, -1.0, 0.0, 1.0, config.resign_below);
     }},
    {"allowResignation", [](const GtpConfig& config) { return Json(config.resign_below > -1.0); },
     [](const std::string& value, GtpConfig& config) -> Status {
       const auto flag = ParseFlag(value);
       if (!flag) return Error{flag.error()};
       if (*flag != (config.resign_below > -1.0)) {
         config.resign_below = *flag ? GtpConfig().resign_below : -1.0;
       }
       return Ok{};
     }},
    {"ponderingEnabled", [](const GtpConfig& config) { return Json(config.ponder); },
     [](const std::string& value, GtpConfig& config) { return SetFlag(value, config.ponder); }},
    {"numSearchThreads", [](const GtpConfig& config) { return Json(config.threads); },
     [](const std::string& value, GtpConfig& config) -> Status {
       const auto threads = ParseGtpInt(value, 1, kMostThreads);
       if (!threads) return Error{threads.error()};
       config.threads = *threads;
       return Ok{};
     }},
    {"humanSLProfile", [](const GtpConfig& config) { return Json(config.profile); },
     [](const std::string& value, GtpConfig& config) -> Status {
       config.profile = value == "\"\"" ? "" : value;
       return Ok{};
     }},
    {"analysisIgnorePreRootHistory",
     [](const GtpConfig& config) { return Json(config.analysis_hides_history); },
     [](const std::string& value, GtpConfig& config) {
       return SetFlag(value, config.analysis_hides_history);
     }},
};

// What else KataGo's kata-list-params names. Controllers may set it, and hear nothing of it; people
// are told that it changes nothing here, as they are of a configuration.
constexpr std::string_view kWithoutEffect[] = {
    "alwaysComputePassAliveUnderSuicideRules",
    "analysisWideRootNoise",
    "antiMirror",
    "chosenMovePrune",
    "chosenMoveSubtract",
    "chosenMoveTemperature",
    "chosenMoveTemperatureEarly",
    "chosenMoveTemperatureHalflife",
    "chosenMoveTemperatureOnlyBelowProb",
    "conservativePass",
    "cpuctExploration",
    "cpuctExplorationBase",
    "cpuctExplorationLog",
    "cpuctUtilityStdevPrior",
    "cpuctUtilityStdevPriorWeight",
    "cpuctUtilityStdevScale",
    "delayMoveMax",
    "delayMoveScale",
    "drawEquivalentWinsForWhite",
    "dynamicScoreCenterScale",
    "dynamicScoreCenterZeroWeight",
    "dynamicScoreUtilityFactor",
    "enableMorePassingHacks",
    "enablePassingHacks",
    "endgameTurnTimeDecay",
    "fillDameBeforePass",
    "fpuLossProp",
    "fpuParentWeight",
    "fpuParentWeightByVisitedPolicy",
    "fpuParentWeightByVisitedPolicyPow",
    "futileVisitsThreshold",
    "genmoveAntiMirror",
    "graphSearchCatchUpLeakProb",
    "graphSearchRepBound",
    "ignoreAllHistory",
    "ignorePreRootHistory",
    "lagBuffer",
    "lcbStdevs",
    "maxPlayoutsPondering",
    "maxTimePondering",
    "maxVisitsPondering",
    "midgameTimeFactor",
    "midgameTurnPeakTime",
    "minPlayoutsPerThread",
    "minVisitPropForLCB",
    "nnPolicyTemperature",
    "noResultUtilityForWhite",
    "noisePruneUtilityScale",
    "noisePruningCap",
    "numVirtualLossesPerThread",
    "obviousMovesPolicyEntropyTolerance",
    "obviousMovesPolicySurpriseTolerance",
    "obviousMovesTimeFactor",
    "overallocateTimeFactor",
    "playoutDoublingAdvantage",
    "playoutDoublingAdvantagePla",
    "policyOptimism",
    "rootDesiredPerChildVisitsCoeff",
    "rootDirichletNoiseTotalConcentration",
    "rootDirichletNoiseWeight",
    "rootEndingBonusPoints",
    "rootFpuLossProp",
    "rootNoiseEnabled",
    "rootNumSymmetriesToSample",
    "rootPolicyOptimism",
    "rootPolicyTemperatureEarly",
    "rootPruneUselessMoves",
    "rootSymmetryPruning",
    "searchFactorAfterOnePass",
    "searchFactorAfterTwoPass",
    "staticScoreUtilityFactor",
    "subtreeValueBiasFactor",
    "subtreeValueBiasFreeProp",
    "subtreeValueBiasTableNumShards",
    "subtreeValueBiasWeightExponent",
    "treeReuseCarryOverTimeFactor",
    "uncertaintyCoeff",
    "uncertaintyExponent",
    "uncertaintyMaxWeight",
    "useGraphSearch",
    "useLcbForSelection",
    "useNoisePruning",
    "useNonBuggyLcb",
    "useUncertainty",
    "valueWeightExponent",
    "wideRootNoise",
    "winLossUtilityFactor",
};

bool IsWithoutEffect(std::string_view name) {
  return name.starts_with("humanSL") ||
         std::find(std::begin(kWithoutEffect), std::end(kWithoutEffect), name) !=
             std::end(kWithoutEffect);
}

const Param* FindParam(const std::string& name) {
  for (const Param& param : kParams) {
    if (name == param.name) return &param;
  }
  return nullptr;
}

Error UnknownParam(const std::string& name) {
  std::string known;
  for (const Param& param : kParams) known += StrCat(known.empty() ? "" : ", ", param.name);
  return Error{StrCat("unknown parameter '", name.substr(0, 40), "', known are ", known)};
}

// `unused`: names that were taken and change nothing.
Status SetParamIn(GtpConfig& config, const std::string& name, const std::string& value,
                  std::string& unused) {
  const Param* const param = FindParam(name);
  if (param == nullptr && IsWithoutEffect(name)) {
    unused += (unused.empty() ? "" : ", ") + name;
    return Ok{};
  }
  if (param == nullptr) return UnknownParam(name);
  const Status status = param->set(value, config);
  if (!status) return Error{StrCat(name, ": ", status.error())};
  return Ok{};
}

// Leaves under way, as an agent has them with as many visits and threads.
void ChooseBatches(GtpConfig& config) {
  const LeafBatches together = LeafBatchesFor(config.visits, BatchesFor(config.threads));
  config.mcts.batches = together.batches;
  if (config.threads > 1 && !config.chose_batch) config.mcts.leaf_batch = together.leaf_batch;
}

}  // namespace

GtpEngine::Answer GtpEngine::ListParams(const Arguments&) {
  std::string list;
  for (const Param& param : kParams) list += StrCat(list.empty() ? "" : " ", param.name);
  return list;
}

GtpEngine::Answer GtpEngine::GetParam(const Arguments& arguments) {
  const Param* const param = FindParam(arguments[0]);
  if (param == nullptr && IsWithoutEffect(arguments[0])) {
    return Error{arguments[0] + " changes nothing here and has no value"};
  }
  if (param == nullptr) return UnknownParam(arguments[0]);
  const Json value = param->get(config_);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Opens the evaluator anew where it has to be another one; on errors all stays as it is.
Status GtpEngine::AdoptConfig(GtpConfig config) {
  if (config.visits != config_.visits || config.threads != config_.threads) ChooseBatches(config);
  if (config.threads != config_.threads || config.profile != config_.profile) {
    auto evaluator = factory_(game_.game(), config);
    if (!evaluator) return Error{evaluator.error()};
    evaluator_ = std::move(*evaluator);
  }
  config_ = std::move(config);
  search_ = std::make_unique<PositionSearch>(evaluator_, config_.mcts, config_.seed);
  return Ok{};
}

GtpEngine::Answer GtpEngine::SetParam(const Arguments& arguments) {
  GtpConfig config = config_;
  std::string unused;
  Status status = SetParamIn(config, arguments[0], arguments[1], unused);
  if (status && unused.empty()) status = AdoptConfig(std::move(config));
  if (!status) return Error{status.error()};
  SayUnused(unused);
  return std::string();
}

void GtpEngine::SayUnused(const std::string& names) const {
  if (!names.empty()) Say("settings of KataGo that change nothing here: " + names);
}

GtpEngine::Answer GtpEngine::GetParams(const Arguments&) {
  Json json;
  for (const Param& param : kParams) json[param.name] = param.get(config_);
  return json.dump();
}

// An object of settings: all of them or none.
GtpEngine::Answer GtpEngine::SetParams(const Arguments& arguments) {
  std::string text;
  for (const std::string& argument : arguments) text += argument;
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Error{"syntax error: wanted a JSON object of settings"};
  GtpConfig config = config_;
  std::string unused;
  for (const auto& [name, value] : json.items()) {
    const std::string written = value.is_string() ? value.get<std::string>() : value.dump();
    const Status status = SetParamIn(config, name, written, unused);
    if (!status) return Error{status.error()};
  }
  if (const Status status = AdoptConfig(std::move(config)); !status) return Error{status.error()};
  SayUnused(unused);
  return std::string();
}

GtpEngine::Answer GtpEngine::GetModels(const Arguments&) {
  const Json model = {{"name", config_.model},
                      {"internalName", config_.model_name},
                      {"maxBatchSize", config_.mcts.leaf_batch},
                      {"usesHumanSLProfile", !config_.profile.empty()},
                      {"version", config_.model_version},
                      {"usingFP16", "false"}};
  return Json::array({model}).dump();
}

}  // namespace tengen

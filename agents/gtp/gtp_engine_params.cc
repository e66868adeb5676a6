#include <algorithm>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "agents/gtp/gtp_engine.h"
#include "envs/core/check.h"

// Settings by KataGo's names (its GTP extensions kata-get-param and their like).

namespace tengen {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostKataGoVisits = 1125899906842624.0;  // 2^50: no limit, in its setup.cpp
constexpr int kMostVisits = 100'000'000;                  // that mean something here
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

constexpr Param kParams[] = {
    {"maxVisits", [](const GtpConfig& config) { return Json(config.visits); },
     [](const std::string& value, GtpConfig& config) -> Status {
       const auto visits = ParseGtpNumber(value, 1.0, kMostKataGoVisits);
       if (!visits || *visits != std::floor(*visits)) {
         return Error{"wanted a whole number from 1 to 2^50"};
       }
       config.visits = static_cast<int>(std::min<double>(*visits, kMostVisits));
       return Ok{};
     }},
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
     [](const std::string& value, GtpConfig& config) -> Status {
       const auto flag = ParseFlag(value);
       if (!flag) return Error{flag.error()};
       config.ponder = *flag;
       return Ok{};
     }},
};

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

Status SetParamIn(GtpConfig& config, const std::string& name, const std::string& value) {
  const Param* const param = FindParam(name);
  if (param == nullptr) return UnknownParam(name);
  const Status status = param->set(value, config);
  if (!status) return Error{StrCat(name, ": ", status.error())};
  return Ok{};
}

}  // namespace

GtpEngine::Answer GtpEngine::ListParams(const Arguments&) {
  std::string list;
  for (const Param& param : kParams) list += StrCat(list.empty() ? "" : " ", param.name);
  return list;
}

GtpEngine::Answer GtpEngine::GetParam(const Arguments& arguments) {
  const Param* const param = FindParam(arguments[0]);
  if (param == nullptr) return UnknownParam(arguments[0]);
  return param->get(config_).dump();
}

void GtpEngine::AdoptConfig(const GtpConfig& config) {
  config_ = config;
  search_ = std::make_unique<PositionSearch>(evaluator_, config_.mcts, config_.seed);
}

GtpEngine::Answer GtpEngine::SetParam(const Arguments& arguments) {
  GtpConfig config = config_;
  const Status status = SetParamIn(config, arguments[0], arguments[1]);
  if (!status) return Error{status.error()};
  AdoptConfig(config);
  return std::string();
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
  for (const auto& [name, value] : json.items()) {
    const Status status =
        SetParamIn(config, name, value.is_string() ? value.get<std::string>() : value.dump());
    if (!status) return Error{status.error()};
  }
  AdoptConfig(config);
  return std::string();
}

GtpEngine::Answer GtpEngine::GetModels(const Arguments&) {
  const Json model = {{"name", config_.model},
                      {"internalName", config_.model_name},
                      {"maxBatchSize", config_.mcts.leaf_batch},
                      {"usesHumanSLProfile", config_.uses_profile},
                      {"version", config_.model_version},
                      {"usingFP16", "false"}};
  return Json::array({model}).dump();
}

}  // namespace tengen

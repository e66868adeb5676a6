#include "nets/model_json.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "nets/trunk.h"

namespace tengen {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<const char*, PolicyLayout>, 4> kLayouts = {{
    {"points", PolicyLayout::kPoints},
    {"points_and_pass", PolicyLayout::kPointsAndPass},
    {"columns", PolicyLayout::kColumns},
    {"dense", PolicyLayout::kDense},
}};
constexpr std::array<std::pair<const char*, ValueHead>, 2> kValueHeads = {{
    {"outcome", ValueHead::kOutcome},
    {"scalar", ValueHead::kScalar},
}};
constexpr std::array<std::pair<const char*, bool AuxiliaryHeads::*>, 5> kAuxiliaryHeads = {{
    {"soft_policy", &AuxiliaryHeads::soft_policy},
    {"short_term", &AuxiliaryHeads::short_term},
    {"reply_policy", &AuxiliaryHeads::reply_policy},
    {"short_term_score", &AuxiliaryHeads::short_term_score},
    {"score_distribution", &AuxiliaryHeads::score_distribution},
}};

template <typename Table, typename Value>
const char* NameIn(const Table& table, Value value) {
  for (const auto& [name, known] : table) {
    if (known == value) return name;
  }
  TENGEN_CHECK(false, "enum value ", static_cast<int>(value));
}

// Sets `value` to the one that `text` names; the error names the key.
template <typename Table, typename Value>
Status FindIn(const Table& table, const std::string& text, const char* key, Value* value) {
  for (const auto& [name, known] : table) {
    if (text == name) {
      *value = known;
      return Ok{};
    }
  }
  return Error{StrCat("model config: ", key, " is '", text, "', which is not known")};
}

Status TrunkFromName(const std::string& text, Trunk* trunk) {
  for (const TrunkKind& kind : TrunkKinds()) {
    if (text != kind.name) continue;
    *trunk = kind.trunk;
    return Ok{};
  }
  return Error{StrCat("model config: trunk is '", text, "', which is not known")};
}

// Names of the heads that there are.
Json AuxiliaryToJson(const AuxiliaryHeads& heads) {
  Json names = Json::array();
  for (const auto& [name, head] : kAuxiliaryHeads) {
    if (heads.*head) names.push_back(name);
  }
  return names;
}

Status AuxiliaryFromNames(const std::vector<std::string>& names, AuxiliaryHeads* heads) {
  for (const std::string& name : names) {
    bool AuxiliaryHeads::*found = nullptr;
    if (Status status = FindIn(kAuxiliaryHeads, name, "auxiliary", &found); !status) return status;
    heads->*found = true;
  }
  return Ok{};
}

}  // namespace

Json ModelConfigToJson(const ModelConfig& config) {
  Json json = {
      {"encoder", config.encoder},
      {"planes", config.planes},
      {"globals", config.globals},
      {"policy", NameIn(kLayouts, config.policy)},
      {"rows", config.shape.rows},
      {"columns", config.shape.columns},
      {"num_actions", config.num_actions},
      {"channels", config.channels},
      {"blocks", config.blocks},
      {"pool_every", config.pool_every},
      {"head_channels", config.head_channels},
      {"head_hidden", config.head_hidden},
      {"value", NameIn(kValueHeads, config.value)},
      {"area_heads", config.area_heads},
      {"score_scale", config.score_scale},
  };
  // Networks from before there were two trunks have neither key, and are written as they were.
  if (config.trunk != Trunk::kResidual) {
    json["trunk"] = KindOf(config.trunk).name;
    json["heads"] = config.heads;
  }
  // Nor is there this key without them.
  if (!(config.auxiliary == AuxiliaryHeads())) {
    json["auxiliary"] = AuxiliaryToJson(config.auxiliary);
  }
  return json;
}

Result<ModelConfig> ModelConfigFromJson(const Json& json) {
  if (!json.is_object()) return Error{"model config is not a JSON object"};
  ModelConfig all;
  all.trunk = Trunk::kAttention;
  all.auxiliary.soft_policy = true;
  const Json known = ModelConfigToJson(all);
  for (const auto& item : json.items()) {
    if (!known.contains(item.key()))
      return Error{StrCat("model config has an unknown key ", item.key())};
  }
  ModelConfig config;
  std::string policy;
  std::string value;
  std::string trunk;
  std::vector<std::string> auxiliary;
  try {
    json.at("encoder").get_to(config.encoder);
    json.at("planes").get_to(config.planes);
    json.at("globals").get_to(config.globals);
    json.at("policy").get_to(policy);
    json.at("rows").get_to(config.shape.rows);
    json.at("columns").get_to(config.shape.columns);
    json.at("num_actions").get_to(config.num_actions);
    json.at("channels").get_to(config.channels);
    json.at("blocks").get_to(config.blocks);
    json.at("pool_every").get_to(config.pool_every);
    json.at("head_channels").get_to(config.head_channels);
    json.at("head_hidden").get_to(config.head_hidden);
    json.at("value").get_to(value);
    json.at("area_heads").get_to(config.area_heads);
    json.at("score_scale").get_to(config.score_scale);
    trunk = json.value("trunk", "residual");
    config.heads = json.value("heads", config.heads);
    auxiliary = json.value("auxiliary", auxiliary);
  } catch (const Json::exception& error) {
    return Error{StrCat("model config: ", error.what())};
  }
  for (const Status& status :
       {FindIn(kLayouts, policy, "policy", &config.policy),
        FindIn(kValueHeads, value, "value", &config.value), TrunkFromName(trunk, &config.trunk),
        AuxiliaryFromNames(auxiliary, &config.auxiliary)}) {
    if (!status.ok()) return Error{status.error()};
  }
  const Status status = CheckModelConfig(config);
  if (!status.ok()) return Error{status.error()};
  return config;
}

}  // namespace tengen

#include "experiments/supervised/go_policy_config.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "envs/core/game_options.h"
#include "envs/core/join.h"
#include "experiments/config/budget.h"
#include "experiments/config/json_fields.h"

namespace tengen {
namespace {

constexpr const char* kTask = "go-policy";
// Keys of TrainConfig that mean something without self-play.
constexpr std::array kTrainKeys = {"name",    "expectation", "budget",       "seed",
                                   "threads", "device",      "precision",    "deterministic",
                                   "net",     "learner",     "checkpoint_s", "checkpoint_steps"};

struct Preset {
  const char* name;
  int blocks;
  int channels;
};
constexpr std::array<Preset, 3> kPresets = {{{"3x32", 3, 32}, {"4x64", 4, 64}, {"6x64", 6, 64}}};

// The game whose positions the report and the window show.
std::vector<std::string> Games(int size) {
  if (size == 0) return {};
  return {StrCat("go:size=", size)};
}

}  // namespace

template <typename V>
void VisitFields(V& visit, GoPolicyConfig& c) {
  visit("sgf", c.sgf);
  visit("size", c.size);
  visit("test_share", c.test_share);
  visit("look_s", c.look_s);
  visit("look_positions", c.look_positions);
}

nlohmann::ordered_json GoPolicyConfigToJson(const GoPolicyConfig& config) {
  nlohmann::ordered_json json = {{"task", kTask}};
  json.update(ConfigToJson(config));
  const nlohmann::ordered_json train = TrainConfigToJson(config.train);
  for (const char* key : kTrainKeys) json[key] = train.at(key);
  json["selfplay"] = {{"games", Games(config.size)}};
  return json;
}

Status GoPolicyConfigFromJson(const nlohmann::json& json, GoPolicyConfig& config) {
  if (!json.is_object()) return Error{"the config is not an object"};
  std::vector<std::string> known = {"task", "selfplay"};
  known.insert(known.end(), kTrainKeys.begin(), kTrainKeys.end());
  const nlohmann::ordered_json fields = ConfigToJson(config);
  for (const auto& [key, value] : fields.items()) known.push_back(key);
  if (const Status keys = internal::CheckKeys(json, known, ""); !keys) return keys;
  nlohmann::json own = json;
  nlohmann::json train = nlohmann::json::object();
  for (const char* key : kTrainKeys) {
    if (!own.contains(key)) continue;
    train[key] = own.at(key);
    own.erase(key);
  }
  own.erase("selfplay");  // follows from the size
  if (own.contains("task") && own.at("task") != kTask) {
    return Error{StrCat("task is ", own.at("task").dump(), ", wanted \"", kTask, "\"")};
  }
  own.erase("task");
  const Status status = TrainConfigFromJson(train, config.train);
  return status ? ConfigFromJson(own, config) : status;
}

Status CheckGoPolicyConfig(const GoPolicyConfig& config) {
  if (config.size != 0 && (config.size < 2 || config.size > 19)) {
    return Error{StrCat("size is ", config.size, ", wanted 2 to 19, or 0 for the commonest")};
  }
  if (!(config.test_share > 0.0 && config.test_share < 1.0)) {
    return Error{StrCat("test_share is ", config.test_share, ", wanted more than 0, less than 1")};
  }
  if (!(config.look_s >= 0.0)) return Error{StrCat("look_s is ", config.look_s, ", wanted from 0")};
  if (config.look_positions < 1) {
    return Error{StrCat("look_positions is ", config.look_positions, ", wanted at least 1")};
  }
  TrainConfig train = config.train;
  train.selfplay.games = {"go:size=9"};
  if (const Status status = CheckTrainConfig(train); !status) return status;
  const Budget::Unit unit = Budget::Parse(train.budget)->unit;
  if (unit == Budget::Unit::kGames || unit == Budget::Unit::kEvaluations) {
    return Error{StrCat("budget '", train.budget,
                        "', wanted time or steps: all games are there from the start")};
  }
  return Ok{};
}

std::vector<std::string> GoPolicyPresets() {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

Result<GoPolicyConfig> LoadGoPolicyPreset(const std::string& name) {
  const auto* const preset = std::find_if(kPresets.begin(), kPresets.end(),
                                          [&name](const Preset& p) { return p.name == name; });
  if (preset == kPresets.end()) {
    const std::string nearest = NearestName(name, GoPolicyPresets());
    return Error{StrCat("no network preset '", name, "'",
                        nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                        " (presets: ", Join(GoPolicyPresets()), ")")};
  }
  GoPolicyConfig config;
  config.train.name = StrCat(kTask, "-", name);
  config.train.budget = "30m";
  config.train.net.blocks = preset->blocks;
  config.train.net.channels = preset->channels;
  ZeroLearnerConfig& learner = config.train.learner;
  learner.window.minimum = std::int64_t{1} << 50;  // all games stay
  learner.first_positions = 1;
  // All positions of a game share one result: with more weight the value is learnt by heart, at the
  // policy's cost (Silver et al. 2017, Methods, took 0.01).
  learner.loss.value_weight = 0.1;
  learner.loss.score_weight = 0.02;
  learner.loss.ownership_weight = 0.1;
  OptimizerConfig& optimizer = learner.trainer.optimizer;
  optimizer.lr = 3e-3;
  optimizer.weight_decay = 0.01;
  optimizer.schedule = Schedule::kCosine;
  optimizer.final_fraction = 0.02;
  optimizer.warmup_steps = 100;
  optimizer.clip_norm = 4.0;
  return config;
}

}  // namespace tengen

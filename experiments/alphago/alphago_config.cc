#include "experiments/alphago/alphago_config.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/budget.h"
#include "experiments/config/json_fields.h"
#include "nets/atomic_file.h"

namespace tengen {

template <typename V>
void VisitFields(V& visit, AlphaGoShares& s) {
  visit("games", s.games);
  visit("rollouts_rl", s.rollouts_rl);
  visit("sl", s.sl);
  visit("rl", s.rl);
  visit("value", s.value);
}

template <typename V>
void VisitFields(V& visit, AlphaGoConfig& c) {
  visit("name", c.name);
  visit("budget", c.budget);
  visit("seed", c.seed);
  visit("game", c.game);
  visit("sgf", c.sgf);
  visit("teacher", c.teacher);
  visit("teacher_games", c.teacher_games);
  visit("blocks", c.blocks);
  visit("channels", c.channels);
  visit("batch_size", c.batch_size);
  visit("rollout_epochs", c.rollout_epochs);
  visit("reinforce_games", c.reinforce_games);
  visit("pool_every", c.pool_every);
  visit("reinforce_rate", c.reinforce_rate);
  visit("value_games", c.value_games);
  visit("match_games", c.match_games);
  visit("rollout_positions", c.rollout_positions);
  visit("value_baseline", c.value_baseline);
  visit("shares", c.shares);
}

nlohmann::ordered_json AlphaGoConfigToJson(const AlphaGoConfig& config) {
  nlohmann::ordered_json json = {{"task", "alphago"}};
  json.update(ConfigToJson(config));
  return json;
}

Status AlphaGoConfigFromJson(const nlohmann::json& json, AlphaGoConfig& config) {
  return ConfigFromJson(json, config);
}

Status AlphaGoConfigFromFile(nlohmann::json json, AlphaGoConfig& config) {
  for (const char* key : {"task", "selfplay"}) json.erase(key);
  return AlphaGoConfigFromJson(json, config);
}

Status CheckAlphaGoConfig(const AlphaGoConfig& config) {
  const auto budget = Budget::Parse(config.budget);
  if (!budget) return Error{budget.error()};
  if (budget->unit != Budget::Unit::kSeconds) {
    return Error{StrCat("budget '", config.budget,
                        "', wanted a time, such as 60m: it is divided among the stages")};
  }
  const auto game = MakeGame(config.game);
  if (!game) return Error{game.error()};
  if ((*game)->spec().name != "go" || (*game)->spec().shape.rows != (*game)->spec().shape.columns) {
    return Error{StrCat("game is ", config.game, ", wanted go on a square board")};
  }
  if (config.batch_size < 2) {
    return Error{StrCat("batch_size is ", config.batch_size, ", wanted at least 2")};
  }
  const std::pair<const char*, std::int64_t> counts[] = {
      {"teacher_games", config.teacher_games},
      {"blocks", config.blocks},
      {"channels", config.channels},
      {"rollout_epochs", config.rollout_epochs},
      {"reinforce_games", config.reinforce_games},
      {"pool_every", config.pool_every},
      {"value_games", config.value_games},
      {"match_games", config.match_games},
      {"rollout_positions", config.rollout_positions}};
  for (const auto& [name, value] : counts) {
    if (value < 1) return Error{StrCat(name, " is ", value, ", wanted at least 1")};
  }
  if (!(config.reinforce_rate > 0.0)) {
    return Error{StrCat("reinforce_rate is ", config.reinforce_rate, ", wanted more than 0")};
  }
  const AlphaGoShares& s = config.shares;
  for (const double share : {s.games, s.rollouts_rl, s.sl, s.rl, s.value}) {
    if (!(share > 0.0)) return Error{StrCat("a share is ", share, ", wanted more than 0")};
  }
  return Ok{};
}

std::vector<std::string> AlphaGoPresets() { return {"alphago9", "alphago9-gpu"}; }

AlphaGoConfig AlphaGoPreset(const std::string& name) {
  AlphaGoConfig config;
  config.name = name;
  if (name != "alphago9-gpu") return config;
  config.budget = "6h";
  config.blocks = 10;
  config.channels = 128;
  config.batch_size = 1024;
  config.teacher_games = 200'000;
  config.reinforce_games = 512;
  config.value_games = 2'000'000;
  config.match_games = 1000;
  return config;
}

Result<std::optional<AlphaGoConfig>> LoadAlphaGoConfig(const std::string& preset_or_path) {
  const std::vector<std::string> presets = AlphaGoPresets();
  if (std::find(presets.begin(), presets.end(), preset_or_path) != presets.end()) {
    return std::optional(AlphaGoPreset(preset_or_path));
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(preset_or_path, ignored)) return {std::nullopt};
  const auto text = ReadWholeFile(preset_or_path);
  if (!text) return Error{text.error()};
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("task", nlohmann::json()) != "alphago") return {std::nullopt};
  AlphaGoConfig config;
  const Status read = AlphaGoConfigFromFile(json, config);
  if (!read) return Error{StrCat(preset_or_path, ": ", read.error())};
  return std::optional(config);
}

}  // namespace tengen

#include "experiments/config/train_config.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/core/game_options.h"
#include "envs/go/sgf_encoding.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/budget.h"
#include "experiments/config/json_fields.h"
#include "experiments/config/presets.h"
#include "experiments/config/trainer_fields.h"
#include "nets/trunk.h"

namespace tengen {

namespace {

std::vector<EnumName<Trunk>> TrunkNames() {
  std::vector<EnumName<Trunk>> names;
  for (const TrunkKind& kind : TrunkKinds()) names.push_back({kind.name, kind.trunk});
  return names;
}

}  // namespace

template <typename V>
void VisitFields(V& visit, NetConfig& c) {
  visit("trunk", c.trunk, TrunkNames());
  visit("channels", c.channels);
  visit("blocks", c.blocks);
  visit("heads", c.heads);
  visit("pool_every", c.pool_every);
  visit("head_channels", c.head_channels);
  visit("head_hidden", c.head_hidden);
}

template <typename V>
void VisitFields(V& visit, LcbParameters& c) {
  visit("stdevs", c.stdevs);
  visit("min_share", c.min_share);
}

template <typename V>
void VisitFields(V& visit, StdevParameters& c) {
  visit("scale", c.scale);
  visit("prior", c.prior);
  visit("prior_weight", c.prior_weight);
}

template <typename V>
void VisitFields(V& visit, ValueBiasParameters& c) {
  visit("factor", c.factor);
  visit("exponent", c.exponent);
}

template <typename V>
void VisitFields(V& visit, MctsConfig& c) {
  visit("root", c.root, {{"puct", RootSelection::kPuct}, {"gumbel", RootSelection::kGumbel}});
  visit("c_init", c.c_init);
  visit("c_factor", c.c_factor);
  visit("c_base", c.c_base);
  visit("fpu_reduction", c.fpu_reduction);
  visit("root_fpu_reduction", c.root_fpu_reduction);
  visit("noise_total", c.noise_total);
  visit("noise_fraction", c.noise_fraction);
  visit("noise_shape", c.noise_shape);
  visit("forced_playouts", c.forced_playouts);
  visit("lcb", c.lcb);
  visit("stdev", c.stdev);
  visit("value_bias", c.value_bias);
  visit("score_utility", c.score_utility);
  visit("gumbel_considered", c.gumbel_considered);
  visit("gumbel_c_visit", c.gumbel_c_visit);
  visit("gumbel_c_scale", c.gumbel_c_scale);
  visit("leaf_batch", c.leaf_batch);
  visit("virtual_loss", c.virtual_loss);
  visit("max_nodes", c.max_nodes);
  visit("reuse_tree", c.reuse_tree);
}

template <typename V>
void VisitFields(V& visit, SelfPlayConfig& c) {
  visit("games", c.games);
  visit("rules", c.rules);
  visit("komi", c.komi);
  visit("parallel_games", c.parallel_games);
  visit("halves", c.halves);
  visit("mcts", c.mcts);
  visit("full_share", c.full_share);
  visit("full_visits", c.full_visits);
  visit("fast_visits", c.fast_visits);
  visit("fast_considered", c.fast_considered);
  visit("visits_grow_steps", c.visits_grow_steps);
  visit("start_visits_share", c.start_visits_share);
  visit("temperature_plies", c.temperature_plies);
  visit("temperature", c.temperature);
  visit("opening_share", c.opening_share);
  visit("opening_plies", c.opening_plies);
  visit("restart_share", c.restart_share);
  visit("resign_value", c.resign_value);
  visit("resign_min_ply", c.resign_min_ply);
  visit("play_on_share", c.play_on_share);
  visit("decided_visits", c.decided_visits);
}

template <typename V>
void VisitFields(V& visit, WindowConfig& c) {
  visit("minimum", c.minimum);
  visit("exponent", c.exponent);
  visit("growth", c.growth);
}

template <typename V>
void VisitFields(V& visit, ZeroLossConfig& c) {
  visit("policy_weight", c.policy_weight);
  visit("value_weight", c.value_weight);
  visit("score_weight", c.score_weight);
  visit("ownership_weight", c.ownership_weight);
  visit("soft_policy_weight", c.soft_policy_weight);
  visit("short_term_weight", c.short_term_weight);
  visit("reply_policy_weight", c.reply_policy_weight);
  visit("short_term_score_weight", c.short_term_score_weight);
  visit("score_distribution_weight", c.score_distribution_weight);
}

template <typename V>
void VisitFields(V& visit, ZeroLearnerConfig& c) {
  visit("batch_size", c.batch_size);
  visit("samples_per_position", c.samples_per_position);
  visit("first_positions", c.first_positions);
  visit("window", c.window);
  visit("surprise_share", c.surprise_share);
  visit("root_value_share", c.root_value_share);
  visit("td_plies", c.td_plies);
  visit("loss", c.loss);
  visit("trainer", c.trainer);
  visit("norm_batches", c.norm_batches);
}

template <typename V>
void VisitFields(V& visit, ProgressConfig& c) {
  visit("share", c.share);
  visit("games", c.games);
  visit("visits", c.visits);
  visit("first_s", c.first_s);
}

template <typename V>
void VisitFields(V& visit, TrainConfig& c) {
  visit("name", c.name);
  visit("expectation", c.expectation);
  visit("budget", c.budget);
  visit("seed", c.seed);
  visit("threads", c.threads);
  visit("device", c.device);
  visit("selfplay_device", c.selfplay_device);
  visit("precision", c.precision);
  visit("deterministic", c.deterministic);
  visit("start", c.start);
  visit("net", c.net);
  visit("selfplay", c.selfplay);
  visit("learner", c.learner);
  visit("publish_steps", c.publish_steps);
  visit("checkpoint_s", c.checkpoint_s);
  visit("checkpoint_steps", c.checkpoint_steps);
  visit("cache_mb", c.cache_mb);
  visit("old_games", c.old_games);
  visit("progress", c.progress);
}

nlohmann::ordered_json TrainConfigToJson(const TrainConfig& config) { return ConfigToJson(config); }

Status TrainConfigFromJson(const nlohmann::json& json, TrainConfig& config) {
  return ConfigFromJson(json, config);
}

namespace {

template <typename T>
Status RequireRange(const char* path, T value, T low, T high) {
  if (value >= low && value <= high) return Ok{};
  return Error{StrCat("config ", path, " is ", value, ", wanted ", low, " to ", high)};
}

}  // namespace

Status CheckTrainConfig(const TrainConfig& config) {
  const auto budget = Budget::Parse(config.budget);
  if (!budget) return Error{budget.error()};
  for (const Status& status :
       {CheckSelfPlayConfig(config.selfplay), CheckZeroLearnerConfig(config.learner),
        RequireRange("threads", config.threads, 0, 256),
        RequireRange("publish_steps", config.publish_steps, 1, 1000000),
        RequireRange("checkpoint_s", config.checkpoint_s, 1.0, 1e6),
        RequireRange("checkpoint_steps", config.checkpoint_steps, 1, 1000000),
        RequireRange("cache_mb", config.cache_mb, 0, 100000),
        RequireRange("progress.share", config.progress.share, 0.0, 0.5),
        RequireRange("progress.games", config.progress.games, 2, 10000),
        RequireRange("progress.visits", config.progress.visits, 0, 100000)}) {
    if (!status) return status;
  }
  if (config.precision != "auto" && config.precision != "fp32" && config.precision != "bf16") {
    return Error{StrCat("config precision is \"", config.precision,
                        "\", wanted \"auto\" or \"fp32\" or \"bf16\"")};
  }
  if (config.deterministic && budget->unit == Budget::Unit::kSeconds &&
      FollowsRun(config.learner.trainer.optimizer)) {
    return Error{StrCat("budget '", config.budget,
                        "' with --deterministic, wanted steps or games, such as 2000steps, since "
                        "the learning rate follows the budget")};
  }
  if (config.old_games.empty()) {
    return Error{"config old_games is \"\", wanted \"keep\", \"remove\" or a folder"};
  }
  const auto model = TrainModelConfig(config);
  if (!model) return Error{model.error()};
  for (const std::string& id : GameIds(config.selfplay)) {
    const auto game = MakeGame(id);
    const Status plays = CheckModelPlays(*model, (*game)->spec());
    if (!plays) return plays;
  }
  return Ok{};
}

Precision TrainPrecision(const TrainConfig& config) {
  if (config.precision == "fp32") return Precision::kFloat32;
  return config.precision == "bf16" ? Precision::kBfloat16 : Precision::kAuto;
}

bool PlaysInFloat32(const TrainConfig& config) {
  if (config.precision == "bf16" || SelfPlayDeviceName(config) != "cpu") return false;
  return config.precision == "fp32" || !CpuHasBfloat16();
}

const std::string& SelfPlayDeviceName(const TrainConfig& config) {
  return config.selfplay_device.empty() ? config.device : config.selfplay_device;
}

namespace {

// Targets that only games of two players have, or only those that count points.
Status CheckAuxiliaryHeads(const ZeroLossConfig& loss, const GameSpec& spec) {
  for (const auto& [name, weight] :
       {std::pair("short_term_score_weight", loss.short_term_score_weight),
        std::pair("score_distribution_weight", loss.score_distribution_weight)}) {
    if (weight > 0.0 && !spec.has_area) {
      return Error{StrCat("config learner.loss.", name, " is ", weight, ", wanted 0, since ",
                          spec.name, " has no score")};
    }
  }
  if (spec.num_players == 2) return Ok{};
  for (const auto& [name, weight] : {std::pair("short_term_weight", loss.short_term_weight),
                                     std::pair("reply_policy_weight", loss.reply_policy_weight)}) {
    if (weight > 0.0) {
      return Error{StrCat("config learner.loss.", name, " is ", weight, ", wanted 0, since ",
                          spec.name, " is a game of one player")};
    }
  }
  return Ok{};
}

}  // namespace

Result<ModelConfig> TrainModelConfig(const TrainConfig& config) {
  if (config.selfplay.games.empty())
    return Error{"config selfplay.games is empty, wanted game ids"};
  const auto game = MakeGame(GameIds(config.selfplay).front());
  if (!game) return Error{game.error()};
  ModelConfig model = ModelConfigFor((*game)->spec(), config.net.channels, config.net.blocks);
  model.trunk = config.net.trunk;
  model.heads = config.net.heads;
  model.pool_every = config.net.pool_every;
  model.head_channels = config.net.head_channels;
  model.head_hidden = config.net.head_hidden;
  const ZeroLossConfig& loss = config.learner.loss;
  if (Status fits = CheckAuxiliaryHeads(loss, (*game)->spec()); !fits) return Error{fits.error()};
  model.auxiliary = AuxiliaryHeadsOf(loss);
  const Status status = CheckModelConfig(model);
  if (!status) return Error{"config net: " + status.error()};
  return model;
}

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  for (const Preset& preset : Presets()) names.emplace_back(preset.name);
  return names;
}

namespace {

// Takes "float32_net" out of the JSON of a preset; null if it has none.
nlohmann::json TakeFloat32Net(nlohmann::json& json) {
  nlohmann::json net;
  const auto found = json.is_object() ? json.find("float32_net") : json.end();
  if (!json.is_object() || found == json.end()) return net;
  net = std::move(*found);
  json.erase(found);
  return net;
}

// Both networks are read, so that a bad one is found on every machine.
Status ReadPreset(nlohmann::json json, PresetNet net, TrainConfig& config) {
  const nlohmann::json float32_net = TakeFloat32Net(json);
  const Status read = TrainConfigFromJson(json, config);
  if (!read || float32_net.is_null()) return read;
  TrainConfig small = config;
  const Status small_read = TrainConfigFromJson({{"net", float32_net}}, small);
  if (small_read && net == PresetNet::kFloat32) config = std::move(small);
  return small_read;
}

}  // namespace

Result<TrainConfig> LoadTrainConfig(const std::string& preset_or_path, PresetNet net) {
  std::string text;
  std::string name = preset_or_path;
  for (const Preset& preset : Presets()) {
    if (preset.name == preset_or_path) text = preset.json;
  }
  if (text.empty()) {
    std::ifstream in(preset_or_path);
    if (!in || !std::filesystem::is_regular_file(preset_or_path)) {
      const std::string nearest = NearestName(preset_or_path, PresetNames());
      std::string known;
      for (const std::string& preset : PresetNames()) known += (known.empty() ? "" : ", ") + preset;
      return Error{StrCat("no preset or config file '", preset_or_path, "'",
                          nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                          " (presets: ", known, ")")};
    }
    text.assign(std::istreambuf_iterator<char>(in), {});
    name = std::filesystem::path(preset_or_path).stem().string();
    if (!IsUtf8(name)) {
      return Error{
          StrCat("config file '", preset_or_path,
                 "': its name is not UTF-8, wanted text, which the run keeps as its name")};
    }
  }
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Error{StrCat(preset_or_path, " is not JSON, wanted an object")};
  TrainConfig config;
  config.name = name;
  const Status status = ReadPreset(json, net, config);
  if (!status) return Error{StrCat(preset_or_path, ": ", status.error())};
  return config;
}

}  // namespace tengen

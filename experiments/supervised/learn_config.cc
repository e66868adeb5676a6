#include "experiments/supervised/learn_config.h"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/config/budget.h"
#include "experiments/config/trainer_fields.h"
#include "experiments/datasets/catalogue.h"
#include "experiments/datasets/spectrum_fields.h"

namespace tengen {

template <typename V>
void VisitFields(V& visit, AugmentConfig& c) {
  visit("shift", c.shift);
  visit("rotate_degrees", c.rotate_degrees);
  visit("scale", c.scale);
  visit("flip", c.flip);
  visit("erase", c.erase);
}

template <typename V>
void VisitFields(V& visit, LearnDataConfig& c) {
  visit("source", c.source);
  visit("label", c.label);
  visit("count", c.count);
  visit("train_share", c.train_share);
  visit("validation_share", c.validation_share);
  visit("test_share", c.test_share);
  visit("fold", c.fold);
  visit("standardize", c.standardize,
        {{"none", Standardize::kNone},
         {"all", Standardize::kAll},
         {"by-first", Standardize::kByFirst},
         {"by-last", Standardize::kByLast}});
  visit("augment", c.augment);
  visit("spectrum", c.spectrum);
  visit("max_frames", c.max_frames);
}

template <typename V>
void VisitFields(V& visit, MlpNetConfig& c) {
  visit("hidden", c.hidden);
  visit("activation", c.activation, EnumNames(ActivationNames()));
  visit("norm", c.norm);
  visit("dropout", c.dropout);
}

template <typename V>
void VisitFields(V& visit, ConvNetConfig& c) {
  visit("style", c.style, EnumNames(ConvStyleNames()));
  visit("widths", c.widths);
  visit("blocks", c.blocks);
  visit("hidden", c.hidden);
  visit("dropout", c.dropout);
  visit("activation", c.activation, EnumNames(ActivationNames()));
}

template <typename V>
void VisitFields(V& visit, RecurrentNetConfig& c) {
  visit("cell", c.cell, EnumNames(RecurrentCellNames()));
  visit("symbol_width", c.inputs);
  visit("hidden", c.hidden);
  visit("layers", c.layers);
  visit("readout", c.readout,
        {{"every-step", RecurrentReadout::kEveryStep},
         {"last", RecurrentReadout::kLast},
         {"mean", RecurrentReadout::kMean}});
  visit("dropout", c.dropout);
}

template <typename V>
void VisitFields(V& visit, AttentionNetConfig& c) {
  visit("layers", c.layers);
  visit("heads", c.heads);
  visit("width", c.width);
  visit("dropout", c.dropout);
}

template <typename V>
void VisitFields(V& visit, LearnConfig& c) {
  visit("task", c.task);
  visit("preset", c.preset);
  visit("budget", c.budget);
  visit("steps", c.steps);
  visit("evaluate_steps", c.evaluate_steps);
  visit("patience", c.patience);
  visit("batch_size", c.batch_size);
  visit("accumulate", c.trainer.accumulate);
  visit("context", c.attention.context);
  visit("seed", c.seed);
  visit("device", c.device);
  visit("threads", c.threads);
  visit("deterministic", c.deterministic);
  visit("checkpoint_s", c.checkpoint_s);
  visit("data", c.data);
  visit("loss", c.loss, EnumNames(LossNames()));
  visit("label_smoothing", c.label_smoothing);
  visit("trainer", c.trainer);
  if (c.task == "mlp") visit("net", c.mlp);
  if (c.task == "cnn") visit("net", c.cnn);
  if (c.task == "rnn") visit("net", c.rnn);
  if (c.task == "attention") visit("net", c.attention);
}

nlohmann::ordered_json LearnConfigToJson(const LearnConfig& config) { return ConfigToJson(config); }

Status LearnConfigFromJson(const nlohmann::json& json, LearnConfig& config) {
  // The task decides which net there is.
  if (json.is_object() && json.contains("task") && json.at("task").is_string()) {
    config.task = json.at("task").get<std::string>();
  }
  return ConfigFromJson(json, config);
}

std::vector<std::string> LearnTasks() { return {"linear", "mlp", "cnn", "rnn", "attention"}; }

std::vector<std::string> LearnPresets(const std::string& task) {
  if (task == "linear") return {"line", "table"};
  if (task == "mlp") return {"spirals", "digits", "table"};
  if (task == "cnn") return {"glyphs", "mnist", "fashion-mnist", "pictures"};
  if (task == "rnn") return {"spoken", "fsdd", "grammar", "shakespeare"};
  if (task == "attention") return {"grammar", "shakespeare"};
  return {};
}

bool ReadsText(const LearnConfig& config) {
  if (config.task != "rnn") return config.task == "attention";
  const auto known = FindKnownData(config.data.source);
  if (known) return (*known)->kind == DataKind::kText;
  std::error_code error;
  const std::string& path = config.data.source;
  const bool archive =
      path.ends_with(".tar") || path.ends_with(".tar.gz") || path.ends_with(".tgz");
  return std::filesystem::is_regular_file(path, error) && !archive;
}

Status CheckLearnConfig(const LearnConfig& c) {
  if (const auto preset = LearnPreset(c.task, c.preset); !preset) return Error{preset.error()};
  if (!c.budget.empty()) {
    const auto budget = Budget::Parse(c.budget);
    if (!budget) return Error{budget.error()};
    if (budget->unit == Budget::Unit::kGames || budget->unit == Budget::Unit::kEvaluations) {
      return Error{StrCat("budget '", c.budget, "', wanted a time or steps: no games are played")};
    }
  }
  const auto range = [](const char* name, auto value, auto low, auto high) -> Status {
    if (value >= low && value <= high) return Ok{};
    return Error{StrCat("config ", name, " is ", value, ", wanted ", low, " to ", high)};
  };
  for (const Status& status :
       {range("steps", c.steps, std::int64_t{1}, std::int64_t{1} << 40),
        range("evaluate_steps", c.evaluate_steps, std::int64_t{1}, std::int64_t{1} << 40),
        range("patience", c.patience, 0, 1000000),
        range("batch_size", c.batch_size, 0, 1 << 20),
        range("threads", c.threads, 0, 256),
        range("checkpoint_s", c.checkpoint_s, 0.05, 1e6),
        range("data.count", c.data.count, 0, 10000000),
        range("data.train_share", c.data.train_share, 1e-6, 1.0),
        range("data.validation_share", c.data.validation_share, 0.001, 0.9),
        range("data.test_share", c.data.test_share, 0.001, 0.9),
        range("data.max_frames", c.data.max_frames, 0, 1000000),
        range("label_smoothing", c.label_smoothing, 0.0, 0.9),
        range("trainer.ema_decay", c.trainer.ema_decay, 0.0, 0.999999),
        range("accumulate", c.trainer.accumulate, 1, 10000),
        range("trainer.read_every", c.trainer.read_every, 0, 10000),
        range("context", c.attention.context, 2, 1 << 20),
        range("net.hidden", c.rnn.hidden, 1, 1 << 16),
        range("net.layers", c.rnn.layers, 1, 1000),
        range("net.symbol_width", c.rnn.inputs, 1, 1 << 16),
        range("net.dropout", c.task == "mlp" ? c.mlp.dropout : c.rnn.dropout, 0.0, 0.99),
        CheckAugmentConfig(c.data.augment),
        CheckSpectrumConfig(c.data.spectrum)}) {
    if (!status) return status;
  }
  for (const int width : c.mlp.hidden) {
    if (width < 1) return Error{StrCat("config net.hidden holds ", width, ", wanted at least 1")};
  }
  const Status optimizer = CheckOptimizerConfig(c.trainer.optimizer);
  if (!optimizer) return Error{"config trainer.optimizer: " + optimizer.error()};
  if (c.task == "attention") {
    const Status net = CheckAttentionNetConfig(c.attention);
    if (!net) return Error{"config net: " + net.error()};
  }
  return Ok{};
}

}  // namespace tengen

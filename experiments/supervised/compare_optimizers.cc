#include "experiments/supervised/compare_optimizers.h"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/pictures/chart.h"
#include "experiments/supervised/learn_run.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

// A rate for each that brings it down on this task; one rate for all would be a test of the rate.
double RateOf(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::kGradientDescent:
    case OptimizerKind::kSgd:
      return 0.3;
    case OptimizerKind::kMomentum:
      return 0.1;
    case OptimizerKind::kAdaGrad:
      return 0.03;
    case OptimizerKind::kRmsProp:
      return 0.003;
    case OptimizerKind::kAdam:
    case OptimizerKind::kAdamW:
      return 0.01;
  }
  return 0.01;
}

LearnConfig ConfigOf(OptimizerKind kind, const CompareConfig& compare) {
  LearnConfig config = OrUsageError(LearnPreset("mlp", "spirals"));
  config.steps = compare.steps > 0 ? compare.steps : 600;
  config.seed = compare.seed >= 0 ? static_cast<std::uint64_t>(compare.seed) : 1;
  config.evaluate_steps = std::max<std::int64_t>(1, config.steps / 30);
  config.deterministic = true;
  config.trainer.ema_decay = 0.0;
  config.trainer.optimizer.kind = kind;
  config.trainer.optimizer.lr = RateOf(kind);
  config.trainer.optimizer.weight_decay = 0.0;
  if (kind == OptimizerKind::kGradientDescent) config.batch_size = 0;
  return config;
}

// Validation losses over steps, from a run's metrics.
ChartLine CurveOf(const std::filesystem::path& run, const char* label, int colour) {
  ChartLine line;
  line.label = label;
  line.colour = colour;
  const auto text = ReadWholeFile(run / "metrics.jsonl");
  std::size_t begin = 0;
  while (text && begin < text->size()) {
    const std::size_t end = text->find('\n', begin);
    if (end == std::string::npos) break;
    const auto json = nlohmann::json::parse(text->substr(begin, end - begin), nullptr, false);
    begin = end + 1;
    if (json.is_discarded() || json.value("kind", "") != "evaluation") continue;
    line.x.push_back(json.at("step"));
    line.y.push_back(json.at("validation_loss"));
  }
  return line;
}

}  // namespace

std::vector<LearnRow> CompareOptimizers(const CompareConfig& config,
                                        const std::filesystem::path& folder,
                                        const std::atomic<bool>& stop) {
  Chart chart;
  chart.title = "Optimizers on two spirals";
  chart.x_title = "steps";
  chart.y_title = "validation loss, nats";
  chart.x_axis = ChartAxis::kNumbers;
  chart.from_zero = true;
  std::vector<LearnRow> rows;
  for (const auto& choice : OptimizerNames()) {
    std::fprintf(stderr, "%s\n", choice.name);
    const std::filesystem::path run_folder = folder / choice.name;
    LearnRun run(ConfigOf(choice.value, config), run_folder);
    run.Go(stop);
    if (run.rows().empty()) return {};
    for (const LearnRow& row : run.rows()) {
      if (row.name == "validation loss" || row.name == "test accuracy") {
        rows.push_back({StrCat(choice.name, " ", row.name), row.value, row.unit});
      }
    }
    chart.lines.push_back(CurveOf(run_folder, choice.name, static_cast<int>(chart.lines.size())));
  }
  WriteFileAtomically(folder / "curve.svg", ChartFile(chart));
  std::fprintf(stderr, "curves: %s\n", (folder / "curve.svg").c_str());
  return rows;
}

}  // namespace tengen

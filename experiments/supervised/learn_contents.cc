#include <map>

#include "experiments/runs/json_tail.h"
#include "experiments/runs/run_contents.h"
#include "experiments/supervised/learn_page.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

nlohmann::json ReadJson(const std::filesystem::path& file) {
  const auto text = ReadWholeFile(file);
  if (!text) return nullptr;
  nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? nlohmann::json() : json;
}

// Names of numbers of evaluations and how a chart tells them.
struct KnownMeasure {
  const char* name;
  const char* chart;
  const char* label;
  const char* unit;
};
constexpr KnownMeasure kMeasures[] = {
    {"train_loss", "Loss", "training", ""},
    {"validation_loss", "Loss", "validation", ""},
    {"validation_accuracy", "Accuracy", "validation", "share"},
    {"weight", "Fitted line", "weight", ""},
    {"bias", "Fitted line", "bias", ""},
};

}  // namespace

bool IsLearnRun(const std::filesystem::path& folder) {
  const nlohmann::json config = ReadJson(folder / "config.json");
  return config.is_object() && config.contains("task") && config.contains("preset");
}

Result<LearnContents> ReadLearnRun(const std::filesystem::path& folder) {
  LearnContents run;
  run.folder = folder;
  run.config = ReadJson(folder / "config.json");
  if (!IsLearnRun(folder)) {
    return Error{folder.string() + " is not the run folder of 'tengen learn'"};
  }
  run.findings = ReadJson(folder / "findings.json");
  run.study = ReadJson(folder / "study.json");
  JsonTail tail(folder / "metrics.jsonl");
  std::vector<nlohmann::json> lines;
  std::map<std::int64_t, nlohmann::json> evaluations;
  do {
    tail.Read(4U << 20, lines);
    for (nlohmann::json& line : lines) {
      const std::string kind = TextField(line, "kind");
      if (kind == "session") run.session = line;
      if (kind == "final") run.final_line = line;
      if (kind == "evaluation") evaluations[WholeField(line, "step", 0)] = line;
    }
  } while (tail.more());
  for (auto& [step, line] : evaluations) run.evaluations.push_back(std::move(line));
  return run;
}

std::vector<Chart> LearnCharts(const LearnContents& run) {
  std::vector<Chart> charts;
  for (const KnownMeasure& measure : kMeasures) {
    ChartLine line;
    line.label = measure.label;
    for (const nlohmann::json& evaluation : run.evaluations) {
      if (!evaluation.contains(measure.name)) continue;
      line.x.push_back(NumberField(evaluation, "step", 0.0));
      line.y.push_back(NumberField(evaluation, measure.name, 0.0));
    }
    if (line.x.empty()) continue;
    if (charts.empty() || charts.back().title != measure.chart) {
      Chart chart;
      chart.title = measure.chart;
      chart.x_title = "steps";
      chart.x_axis = ChartAxis::kNumbers;
      chart.percent = std::string(measure.unit) == "share";
      chart.y_title = chart.title == "Loss" ? TextField(run.config, "loss") : measure.unit;
      charts.push_back(chart);
    }
    line.colour = static_cast<int>(charts.back().lines.size());
    charts.back().lines.push_back(std::move(line));
  }
  return charts;
}

}  // namespace tengen

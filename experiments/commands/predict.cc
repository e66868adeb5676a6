#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/supervised/prediction.h"

namespace tengen {
namespace {

constexpr std::size_t kShown = 3;  // classes of an example, for people

struct PredictCommandOptions {
  std::string run;
  std::vector<std::string> files;
  PredictOptions how;
  bool json = false;
};

std::string ForPeople(const Prediction& prediction, bool number) {
  if (number) return StrCat(prediction.name, ": ", prediction.number, "\n");
  if (prediction.probabilities.empty()) return prediction.label + "\n";
  std::string text = prediction.name + ":";
  for (std::size_t i = 0; i < std::min(kShown, prediction.probabilities.size()); ++i) {
    const auto& [label, p] = prediction.probabilities[i];
    char share[32];
    std::snprintf(share, sizeof share, " %.1f %%", 100.0 * p);
    text += StrCat(i == 0 ? " " : ", ", label, share);
  }
  return text + "\n";
}

nlohmann::ordered_json ForPrograms(const Prediction& prediction, bool number) {
  nlohmann::ordered_json row = {{"name", prediction.name}};
  if (number) {
    row["value"] = prediction.number;
    return row;
  }
  row["label"] = prediction.label;
  for (const auto& [label, p] : prediction.probabilities) row["probabilities"][label] = p;
  return row;
}

void RunPredict(const PredictCommandOptions& options) {
  const Predictor predictor = OrUsageError(Predictor::Open(options.run));
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::string text;
  // All files first: nothing is printed of a call that fails.
  for (const std::string& file : options.files) {
    for (const Prediction& prediction : OrUsageError(predictor.Predict(file, options.how))) {
      const bool number = prediction.label.empty() && prediction.probabilities.empty();
      text += ForPeople(prediction, number);
      rows.push_back(ForPrograms(prediction, number));
    }
  }
  std::fputs(text.c_str(), AnswerStream(options.json));
  if (options.json) PrintJsonLine({{"rows", rows}});
}

}  // namespace

void AddPredictCommand(CLI::App& app) {
  auto options = std::make_shared<PredictCommandOptions>();
  CLI::App* command = app.add_subcommand(kPredictText.name, kPredictText.summary);
  command->footer(
      "Tables (.csv) and sounds (.wav) by their names; other files are pictures (IDX), or for a\n"
      "model of texts the beginning of one.");
  command->add_option("run", options->run, "Run folder of 'learn'")->required();
  command->add_option("file", options->files, "Files to look at")->required();
  command->add_option("--count", options->how.count, "Characters that a text is continued by")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--temperature", options->how.temperature,
                   "Of continued text: 0 = always the most probable character")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 10.0));
  command->add_option("--seed", options->how.seed, "Of continued text")->capture_default_str();
  command->add_flag("--json", options->json, "Last line on stdout: a row per example");
  command->callback([options] { RunPredict(*options); });
}

}  // namespace tengen

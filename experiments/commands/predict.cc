#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/analysis/game_analysis.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/players/agent_spec.h"
#include "experiments/supervised/prediction.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

constexpr std::size_t kShown = 3;  // classes of an example, for people
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 26;

// What a trained model says of a file. Throws UsageError.
using FilePredictor = std::function<std::vector<Prediction>(const std::string& file)>;

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

// The moves that a network of Go foretells, without search, where each game of a record stands.
std::vector<Prediction> PredictMoves(const AnalysisNetwork& network, const std::string& file) {
  const auto trees = ParseSgf(OrUsageError(ReadGzipFile(file, kMaxRecordBytes)));
  if (!trees) throw UsageError(StrCat(file, ": ", trees.error()));
  GameAnalysisOptions network_alone;
  network_alone.visits = 0;
  std::vector<Prediction> predictions;
  for (const SgfTree& tree : *trees) {
    const auto line = ReadGameLine(tree, std::nullopt, RootHistory::kShown);
    if (!line) throw UsageError(StrCat(file, ": ", line.error()));
    for (const std::string& note : line->notes) {
      std::fprintf(stderr, "%s: %s\n", file.c_str(), note.c_str());
    }
    const int last = static_cast<int>(line->positions.size()) - 1;
    const GoState& state = *line->positions.back().state;
    const Status plays = network.Plays(state.game().spec());
    if (!plays) throw UsageError(StrCat(file, ": ", plays.error()));
    const auto analysis = AnalyseLine(*line, last, last, network, network_alone);
    const PositionAnalysis& position = analysis.positions.front();
    Prediction prediction;
    prediction.name = StrCat(
        file, trees->size() > 1 ? StrCat(" game ", predictions.size() + 1) : "", " after move ",
        last, ", ", state.ToMove() == Player::kFirst ? "Black" : "White", " to move");
    for (std::size_t i = 0; i < position.legal.size(); ++i) {
      prediction.probabilities.emplace_back(state.game().ActionText(position.legal[i]),
                                            position.policy[i]);
    }
    std::stable_sort(prediction.probabilities.begin(), prediction.probabilities.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    prediction.label = prediction.probabilities.front().first;
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

FilePredictor OpenPredictor(const PredictCommandOptions& options) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::exists(fs::path(options.run) / "checkpoints", ignored) &&
      !fs::exists(fs::path(options.run) / "model", ignored)) {
    const auto network = std::make_shared<AnalysisNetwork>(OrUsageError(AnalysisNetwork::Open(
        "run:" + AgentWord(options.run), DeviceOption("cpu"), EvaluatedSymmetry::kIdentity)));
    return [network](const std::string& file) { return PredictMoves(*network, file); };
  }
  const auto predictor = std::make_shared<Predictor>(OrUsageError(Predictor::Open(options.run)));
  return [predictor, how = options.how](const std::string& file) {
    return OrUsageError(predictor->Predict(file, how));
  };
}

void RunPredict(const PredictCommandOptions& options) {
  const FilePredictor predict = OpenPredictor(options);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::string text;
  // All files first: nothing is printed of a call that fails.
  for (const std::string& file : options.files) {
    for (const Prediction& prediction : predict(file)) {
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
      "model of texts the beginning of one. For a network of Go they are game records (.sgf), and\n"
      "the answer is where it would play next, without search ('analyze' searches).");
  command->add_option("run", options->run, "Run folder of 'learn', or of 'train' for Go")
      ->required();
  command->add_option("file", options->files, "Files to look at")->required();
  command->add_option("--count", options->how.count, "Characters that a text is continued by")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--temperature", options->how.temperature,
                   "Of continued text: 0 = always the most probable character")
      ->capture_default_str()
      ->check(NumberFrom(0.0, 10.0));
  command->add_option("--seed", options->how.seed, "Of continued text")
      ->capture_default_str()
      ->check(SeedNumber());
  command->add_flag("--json", options->json, "Last line on stdout: a row per example");
  command->callback([options] { RunPredict(*options); });
}

}  // namespace tengen

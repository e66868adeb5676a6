#include "experiments/supervised/learn_study.h"

#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/supervised/learn_page.h"
#include "experiments/supervised/learn_run.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

constexpr double kShares[] = {0.02, 0.1, 0.3, 1.0};

// Test accuracy and AUC of a run of its own; empty where it was stopped.
struct Outcome {
  bool done = false;
  double accuracy = 0.0;
  double auc = 0.0;
};

Outcome Train(const LearnConfig& config, const std::filesystem::path& folder,
              const std::atomic<bool>& stop) {
  std::fprintf(stderr, "study: %s\n", folder.filename().c_str());
  LearnRun run(config, folder);
  run.Go(stop);
  Outcome outcome;
  for (const LearnRow& row : run.rows()) {
    if (row.name == "test accuracy") outcome = {true, row.value / 100.0, 0.0};
  }
  if (!outcome.done) return outcome;
  const LearnContents contents = OrWorldError(ReadLearnRun(folder));
  outcome.auc = contents.findings.at("membership").at("auc");
  return outcome;
}

LearnConfig Plain(LearnConfig config) {
  config.mlp.dropout = 0.0;
  config.cnn.dropout = 0.0;
  config.rnn.dropout = 0.0;
  config.trainer.optimizer.weight_decay = 0.0;
  return config;
}

}  // namespace

std::vector<LearnRow> StudyTask(const LearnConfig& config, const std::filesystem::path& run,
                                const std::atomic<bool>& stop) {
  if (ReadsText(config) || config.loss != LossKind::kCrossEntropy) {
    throw UsageError(
        StrCat("--study of ", config.task, " ", config.preset, ", wanted a task with classes"));
  }
  std::vector<LearnRow> rows;
  nlohmann::ordered_json study;
  study["little_data"] = nlohmann::ordered_json::array();
  const bool augments = !(config.data.augment == AugmentConfig());
  Outcome usual;
  for (const bool augmented : {false, true}) {
    if (augmented && !augments) continue;
    for (const double share : kShares) {
      LearnConfig one = config;
      one.data.train_share = share;
      if (!augmented) one.data.augment = {};
      const std::string name = StrCat(augmented ? "augmented-" : "plain-", 100.0 * share);
      const Outcome outcome = Train(one, run / "study" / name, stop);
      if (!outcome.done) return {};
      if (share == 1.0 && augmented == augments) usual = outcome;
      study["little_data"].push_back(
          {{"share", share}, {"augmented", augmented}, {"test_accuracy", outcome.accuracy}});
      rows.push_back({StrCat("test accuracy with ", 100.0 * share, " % of the training part",
                             augmented ? ", augmented" : ""),
                      100.0 * outcome.accuracy, "%"});
    }
  }
  const Outcome plain = Train(Plain(config), run / "study" / "unregularised", stop);
  if (!plain.done) return {};
  for (const auto& [regularised, outcome] : {std::pair(true, usual), std::pair(false, plain)}) {
    study["leakage"].push_back(
        {{"regularised", regularised}, {"auc", outcome.auc}, {"test_accuracy", outcome.accuracy}});
    rows.push_back(
        {StrCat("membership AUC ", regularised ? "with" : "without", " dropout and weight decay"),
         outcome.auc, ""});
  }
  WriteFileAtomically(run / "study.json", study.dump(1) + "\n");
  return rows;
}

}  // namespace tengen

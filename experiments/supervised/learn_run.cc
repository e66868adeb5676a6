#include "experiments/supervised/learn_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/budget.h"
#include "experiments/config/json_fields.h"
#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/config/version.h"
#include "experiments/supervised/learn_ranks.h"
#include "experiments/supervised/model_folder.h"
#include "nets/atomic_file.h"
#include "nets/intra_op_threads.h"
#include "nets/safetensors.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// More steps make a run longer; what does not change its numbers may change.
ConfigRules StoredConfigRules(bool follows_run) {
  ConfigRules rules;
  rules.complete = [follows_run](const nlohmann::json& stored) -> Result<nlohmann::json> {
    LearnConfig config;
    const Status read = LearnConfigFromJson(stored, config);
    if (!read) return Error{read.error()};
    // How runs said that their learning rate ends with them before 0 did.
    OptimizerConfig& optimizer = config.trainer.optimizer;
    if (follows_run && optimizer.total_steps == config.steps) optimizer.total_steps = 0;
    return nlohmann::json(LearnConfigToJson(config));
  };
  rules.may_change = {"budget", "checkpoint_s", "threads"};
  rules.may_grow = {"steps"};
  return rules;
}

std::unique_ptr<LearnTask> TaskOn(const LearnConfig& config) {
  SetIntraOpThreads(config.threads > 0 ? config.threads
                                       : (config.deterministic ? 1 : ProcessorCount()));
  std::unique_ptr<LearnTask> task = MakeLearnTask(config);
  Net net = task->net();
  MoveTo(net, config.device);
  return task;
}

}  // namespace

struct LearnRun::Progress {
  double seconds = 0.0;   // of training, evaluations left out
  double loss_sum = 0.0;  // of the updates since the newest evaluation
  std::int64_t loss_count = 0;
  double best_loss = std::numeric_limits<double>::infinity();  // of evaluations
  int without_better = 0;                                      // evaluations since
  bool gave_up = false;                                        // patience is at its end
  std::int64_t evaluated_step = -1;                            // newest evaluation
  // Where evaluations were written before this process began; some may lie ahead of the state.
  std::set<std::int64_t> written_steps;
};

LearnRun::LearnRun(const LearnConfig& config, const std::filesystem::path& folder,
                   std::shared_ptr<RankTeam> team)
    : config_(config),
      team_(std::move(team)),
      task_(TaskOn(config)),
      folder_(folder, LearnConfigToJson(config),
              StoredConfigRules(FollowsRun(config.trainer.optimizer))) {
  const auto source = team_ ? RowsOfRank(task_->source(), team_->place()) : task_->source();
  trainer_ = std::make_unique<Trainer>(task_->net().module, task_->loss(), config.trainer,
                                       TrainerParts{{}, source, task_->net().random, team_});
}

LearnRun::~LearnRun() = default;

double LearnRun::ShareDone(const Progress& progress) const {
  const std::int64_t step = trainer_->step();
  const double steps = static_cast<double>(step) / static_cast<double>(config_.steps);
  if (config_.budget.empty()) return steps;
  const Budget budget = Budget::Parse(config_.budget).value();
  return std::max(steps, budget.Used(progress.seconds, step, 0));
}

bool LearnRun::Done(const Progress& progress) const {
  return progress.gave_up || ShareDone(progress) >= 1.0;
}

void LearnRun::Go(const std::atomic<bool>& stop) {
  Progress progress;
  Resume(progress);
  folder_.AppendMetrics({{"kind", "session"},
                         {"resumed", folder_.resumes()},
                         {"processor", ProcessorName()},
                         {"version", kVersion},
                         {"commit", kCommit},
                         {"unix_s", static_cast<std::int64_t>(std::time(nullptr))},
                         {"config", LearnConfigToJson(config_)}});
  if (trainer_->step() == 0) Evaluate(progress);
  Train(progress, stop);
  if (Done(progress)) Finish(progress);
}

// Until the run is done or stopped. The state of a run that is done is for Finish to save.
void LearnRun::Train(Progress& progress, const std::atomic<bool>& stop) {
  std::optional<LearnLeader> leader;
  if (team_) leader.emplace(team_).Begin(*task_, *trainer_);
  auto last_save = Clock::now();
  while (!Done(progress) && !stop) {
    const auto begin = Clock::now();
    const double share = ShareDone(progress);
    if (leader) leader->Step(share);
    trainer_->FollowRun(share);
    const StepMetrics metrics = trainer_->Step();
    progress.seconds += SecondsSince(begin);
    const int made = metrics.read - metrics.skipped;
    if (made > 0) {
      progress.loss_sum += made * metrics.loss;
      progress.loss_count += made;
    }
    const bool last = Done(progress);
    if (trainer_->step() % config_.evaluate_steps == 0 || last) Evaluate(progress);
    if (SecondsSince(last_save) >= config_.checkpoint_s && !last) {
      Save(progress);
      last_save = Clock::now();
    }
  }
  if (leader) leader->End();
  if (!Done(progress)) Save(progress);
}

void LearnRun::Evaluate(Progress& progress) {
  const std::int64_t step = trainer_->step();
  if (progress.evaluated_step == step) return;
  progress.evaluated_step = step;
  Measures measures;
  nlohmann::ordered_json glance;
  trainer_->Using(Weights::kAveraged, task_->StatisticsBatches(), [&] {
    measures = task_->Validate();
    if (!progress.written_steps.contains(step)) glance = task_->Glance(step);
  });
  const double loss = measures.front().second;
  if (loss < progress.best_loss) {
    progress.best_loss = loss;
    progress.without_better = 0;
  } else if (config_.patience > 0 && ++progress.without_better >= config_.patience) {
    progress.gave_up = true;
  }
  const double train_loss =
      progress.loss_count == 0 ? 0.0 : progress.loss_sum / static_cast<double>(progress.loss_count);
  const bool has_loss = progress.loss_count > 0;
  progress.loss_sum = 0.0;
  progress.loss_count = 0;
  if (progress.written_steps.contains(step)) return;
  nlohmann::json line = {{"kind", "evaluation"}, {"step", step}, {"seconds", progress.seconds}};
  if (has_loss) line["train_loss"] = train_loss;
  for (const auto& [name, value] : measures) line[name] = value;
  if (!glance.is_null()) line["glance"] = glance;
  folder_.AppendMetrics(line);
  SaveModel();
  std::string text;
  for (const auto& [name, value] : measures) {
    char number[64];
    std::snprintf(number, sizeof number, "  %s %.5g", name.c_str(), value);
    text += number;
  }
  for (char& c : text) c = c == '_' ? ' ' : c;
  std::fprintf(stderr, "step %lld of %lld  %.1f s  training loss %.5g%s\n",
               static_cast<long long>(step), static_cast<long long>(config_.steps),
               progress.seconds, train_loss, text.c_str());
}

void LearnRun::SaveModel() {
  SaveTrainedModel(folder_.path() / "model",
                   {config_, task_->shape(), task_->DataFacts(), trainer_->step(),
                    trainer_->AveragedWeights(task_->StatisticsBatches())});
}

// The order matters: what "final" says is there was on the disk before.
void LearnRun::Finish(const Progress& progress) {
  const std::int64_t step = trainer_->step();
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") != "final" || line.at("step") != step) continue;
    for (const nlohmann::json& row : line.at("rows")) {
      rows_.push_back({row.at("name"), row.at("value"), row.at("unit")});
    }
    return;
  }
  nlohmann::ordered_json findings;
  std::vector<LearnRow> rows;
  trainer_->Using(Weights::kAveraged, task_->StatisticsBatches(), [&] {
    rows = task_->Finish();
    findings = task_->Findings(step);
  });
  SaveModel();
  const auto replace = nlohmann::ordered_json::error_handler_t::replace;
  WriteFileAtomically(folder_.path() / "findings.json",
                      findings.dump(-1, ' ', false, replace) + "\n");
  Save(progress);
  nlohmann::json line = RowsJson(config_.task, rows);
  line["kind"] = "final";
  line["step"] = step;
  line["seconds"] = progress.seconds;
  folder_.AppendMetrics(line);
  folder_.SyncMetrics();
  rows_ = std::move(rows);
}

void LearnRun::Save(const Progress& progress) {
  nlohmann::json state = {
      {"seconds", progress.seconds},       {"loss_sum", progress.loss_sum},
      {"loss_count", progress.loss_count}, {"without_better", progress.without_better},
      {"gave_up", progress.gave_up},       {"evaluated_step", progress.evaluated_step}};
  if (std::isfinite(progress.best_loss)) state["best_loss"] = progress.best_loss;
  WriteSafetensors(folder_.path() / "resume.safetensors",
                   {trainer_->State(), {{"run", state.dump()}}});
}

void LearnRun::Resume(Progress& progress) {
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") == "evaluation") {
      progress.written_steps.insert(line.at("step").get<std::int64_t>());
    }
  }
  const std::filesystem::path path = folder_.path() / "resume.safetensors";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return;
  const auto file = ReadSafetensors(path);
  if (!file) throw WorldError(file.error());
  const auto found = file->metadata.find("run");
  try {
    const auto state = nlohmann::json::parse(found == file->metadata.end() ? "" : found->second);
    progress.seconds = state.at("seconds");
    progress.loss_sum = state.at("loss_sum");
    progress.loss_count = state.at("loss_count");
    progress.without_better = state.at("without_better");
    progress.gave_up = state.at("gave_up");
    progress.evaluated_step = state.at("evaluated_step");
    progress.best_loss = state.value("best_loss", progress.best_loss);
  } catch (const nlohmann::json::exception&) {
    throw WorldError(StrCat(path.string(),
                            " does not say where its run stood, wanted a state saved by this "
                            "program; remove it to start anew"));
  }
  const Status loaded = trainer_->Load(file->tensors);
  if (!loaded) throw WorldError(StrCat(path.string(), ": ", loaded.error()));
}

}  // namespace tengen

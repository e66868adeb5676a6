#include "experiments/supervised/split_learner.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/train/metrics_lines.h"
#include "experiments/train/run_text.h"
#include "nets/checkpoint.h"
#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

constexpr const char* kSaving = "saving";  // RunReader knows by it that a run has ended
constexpr double kMetricsInterval_s = 5.0;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

int LearnerThreads(const TrainConfig& config) {
  if (config.deterministic) return 1;
  return config.threads == 0 ? ProcessorCount() : config.threads;
}

SplitLearner::SplitLearner(RunFolder& folder, const TrainConfig& config, const ModelConfig& model,
                           const std::vector<GameRecord>& games, double other_s,
                           std::shared_ptr<RankTeam> team)
    : folder_(folder),
      config_(config),
      other_s_(other_s),
      learner_(config.learner, model, config.seed, config.device, TrainPrecision(config), nullptr,
               std::move(team)) {
  SetIntraOpThreads(LearnerThreads(config));
  const bool resumes = HasRunState(folder_.path());
  if (resumes) state_ = OrWorldError(LoadRunState(folder_.path(), learner_));
  AddGames(games);
  if (!resumes) {
    Checkpoint();
    return;
  }
  last_checkpoint_step_ = step();
  auto network = LoadNetwork(folder_.checkpoint(step()));
  if (network) {
    // Otherwise it is made anew: the same one but for its BatchNorm statistics.
    const tengen::Status ignored = learner_.RestorePublished(std::move(network->snapshot));
    (void)ignored;
  }
}

void SplitLearner::AddGames(const std::vector<GameRecord>& games) {
  state_.games = state_.positions = 0;
  for (const GameRecord& record : games) {
    const tengen::Status added = learner_.Add(record);
    if (!added) throw WorldError(StrCat("game ", record.stream, ": ", added.error()));
    state_.games += 1;
    state_.positions += record.sample_count();
  }
}

double SplitLearner::seconds() const {
  return other_s_ + state_.seconds + (start_s_ > 0.0 ? Now() - start_s_ : 0.0);
}

void SplitLearner::Go(const Budget& budget, const std::atomic<bool>& stop, const Hooks& hooks) {
  budget_ = budget;
  hooks_ = hooks;
  start_s_ = last_metrics_s_ = last_checkpoint_s_ = Now();
  SetIntraOpThreads(LearnerThreads(config_));
  folder_.AppendMetrics(
      SessionStartMetrics(config_, TrainPrecision(config_), folder_.resumes(), step()));
  // Of a budget in time, what came before learning took its part.
  const double before = std::min(0.999, budget.Used(other_s_, 0, 0));
  while (!stop.load()) {
    const double used = budget.Used(seconds(), step(), games());
    if (used >= 1.0) break;
    learner_.FollowRun((used - before) / (1.0 - before));
    losses_.Add(learner_.Step());
    if (CheckpointIsDue()) Checkpoint();
    if (hooks_.after_step) hooks_.after_step();
    Report(/*force=*/false);
  }
  doing_ = kSaving;
  Checkpoint();
  Report(/*force=*/true);
  state_.seconds += Now() - start_s_;
  start_s_ = 0.0;
  doing_.clear();
  hooks_ = {};
}

bool SplitLearner::CheckpointIsDue() const {
  return config_.deterministic ? step() - last_checkpoint_step_ >= config_.checkpoint_steps
                               : Now() - last_checkpoint_s_ >= config_.checkpoint_s;
}

void SplitLearner::Checkpoint() {
  NetworkFile network;
  network.snapshot = learner_.Publish();
  network.facts = NetworkFacts(config_, state_.games, state_.positions);
  SaveNetwork(folder_.checkpoint(step()), network);
  state_.published_step = step();
  RunState saved = state_;
  saved.seconds = seconds() - other_s_;
  SaveRunState(folder_.path(), saved, learner_);
  last_checkpoint_s_ = Now();
  last_checkpoint_step_ = step();
}

void SplitLearner::Interrupt(const std::string& doing, const std::function<void()>& work) {
  const double begin = Now();
  doing_ = doing;
  printer_.Show(Status(), begin);
  work();
  doing_.clear();
  state_.evaluation_s += Now() - begin;
  Report(/*force=*/true);
}

RunStatus SplitLearner::Status() const {
  RunStatus s;
  s.plays = false;
  s.seconds = seconds();
  s.budget_used = budget_.Used(s.seconds, step(), games());
  s.games = state_.games;
  s.positions = state_.positions;
  s.steps = step();
  s.network_step = state_.published_step;
  s.losses = losses_.means();
  s.doing = doing_;
  return s;
}

void SplitLearner::Report(bool force) {
  const double now = Now();
  const RunStatus status = Status();
  RunStatus shown = status;
  if (hooks_.show) hooks_.show(shown);
  // What is shown at the end is shown whenever the last line came.
  printer_.Show(shown, doing_ == kSaving ? 1e18 : now);
  if (!force && now - last_metrics_s_ < kMetricsInterval_s) return;
  last_metrics_s_ = now;
  nlohmann::json line = StatusMetrics(status, {}, learner_.buffer().positions(), losses_);
  if (hooks_.measured) hooks_.measured(line);
  folder_.AppendMetrics(line);
  losses_.Clear();
}

}  // namespace tengen

#include "experiments/supervised/go_policy_run.h"

#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/zero/zero_learner.h"
#include "experiments/config/budget.h"
#include "experiments/config/processor.h"
#include "experiments/config/shell_word.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "experiments/supervised/game_split.h"
#include "experiments/supervised/go_policy_start.h"
#include "experiments/supervised/held_out_score.h"
#include "experiments/train/loss_means.h"
#include "experiments/train/metrics_lines.h"
#include "experiments/train/run_state.h"
#include "experiments/train/run_status.h"
#include "experiments/train/run_text.h"
#include "nets/atomic_file.h"
#include "nets/checkpoint.h"
#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSaving = "saving";  // RunReader knows by it that a run has ended
constexpr double kMetricsInterval_s = 5.0;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

class GoPolicyRun::Impl {
 public:
  Impl(const GoPolicyConfig& config, const fs::path& folder);
  std::string Outlook() const;
  void Go(const std::atomic<bool>& stop);
  std::vector<LearnRow> Measure();
  std::string Summary() const;

 private:
  static nlohmann::json StoredConfig(const GoPolicyConfig& config);
  void Begin();
  void Resume();
  void MakeLearner();
  void AddGames();
  void Checkpoint();
  void CheckpointIfDue();
  void LookIfDue();
  void Report(bool force);
  RunStatus Status() const;
  double Seconds() const { return state_.seconds + (Now() - start_s_); }
  bool Done() const { return budget_.Used(Seconds(), learner_->step(), state_.games) >= 1.0; }

  GoPolicyConfig config_;
  const Budget budget_;
  std::string told_;               // of the games that were read
  std::vector<GameRecord> fresh_;  // games of a run that begins
  RunFolder folder_;
  GameSplit games_;
  std::optional<ZeroLearner> learner_;
  RunState state_;
  StatusPrinter printer_;
  LossMeans losses_;
  std::optional<HeldOutScore> look_;
  std::int64_t looked_step_ = -1;
  std::optional<HeldOutScore> measured_;
  std::string doing_;
  double start_s_ = Now();
  double trained_s_ = 0.0;  // what the budget counts, at the end of Go
  double last_metrics_s_ = Now();
  double last_checkpoint_s_ = Now();
  double last_look_s_ = Now();
  std::int64_t last_checkpoint_step_ = 0;
};

nlohmann::json GoPolicyRun::Impl::StoredConfig(const GoPolicyConfig& config) {
  nlohmann::json json = GoPolicyConfigToJson(config);
  for (const char* key : {"expectation", "budget", "threads", "device"}) json.erase(key);
  return json;
}

GoPolicyRun::Impl::Impl(const GoPolicyConfig& config, const fs::path& folder)
    : config_(WithStoredGames(config, folder)),
      budget_(OrUsageError(Budget::Parse(config.train.budget))),
      fresh_(HasRunState(folder) ? std::vector<GameRecord>() : ReadGoPolicyGames(config_, told_)),
      folder_(folder, StoredConfig(config_)) {
  HasRunState(folder_.path()) ? Resume() : Begin();
  last_checkpoint_step_ = learner_->step();
}

void GoPolicyRun::Impl::Begin() {
  games_ = OrWorldError(SplitGames(std::move(fresh_), config_.test_share));
  SaveGameSplit(folder_.path(), games_);
  MakeLearner();
  AddGames();
  Checkpoint();  // step 0, the untrained network
}

void GoPolicyRun::Impl::Resume() {
  games_ = OrWorldError(LoadGameSplit(folder_.path()));
  MakeLearner();
  state_ = OrWorldError(LoadRunState(folder_.path(), *learner_));
  AddGames();
  auto network = LoadNetwork(folder_.checkpoint(learner_->step()));
  if (network) {
    // Otherwise it is made anew: the same one but for its BatchNorm statistics.
    const tengen::Status ignored = learner_->RestorePublished(std::move(network->snapshot));
    (void)ignored;
  }
}

void GoPolicyRun::Impl::MakeLearner() {
  SetIntraOpThreads(config_.train.deterministic  ? 1
                    : config_.train.threads == 0 ? ProcessorCount()
                                                 : config_.train.threads);
  learner_.emplace(PlannedGoPolicyLearner(config_, folder_.path(), games_.train),
                   GoPolicyModel(config_), config_.train.seed, config_.train.device,
                   TrainPrecision(config_.train));
}

void GoPolicyRun::Impl::AddGames() {
  state_.games = state_.positions = 0;
  for (const GameRecord& record : games_.train) {
    const tengen::Status added = learner_->Add(record);
    if (!added) throw WorldError(StrCat("game ", record.stream, ": ", added.error()));
    state_.games += 1;
    state_.positions += record.sample_count();
  }
}

std::string GoPolicyRun::Impl::Outlook() const {
  const std::string begin =
      folder_.resumes()
          ? StrCat("goes on at step ", learner_->step(), " in ", folder_.path().string())
          : StrCat(told_, "\nruns in ", folder_.path().string());
  return StrCat(begin, "\n", state_.games, " games with ", state_.positions,
                " positions to learn from, ", games_.test.size(), " kept apart; network of ",
                config_.train.net.blocks, " blocks of ", config_.train.net.channels,
                " channels; budget ", budget_.Text());
}

void GoPolicyRun::Impl::Go(const std::atomic<bool>& stop) {
  start_s_ = last_metrics_s_ = last_checkpoint_s_ = last_look_s_ = Now();
  folder_.AppendMetrics(SessionStartMetrics(config_.train, TrainPrecision(config_.train),
                                            folder_.resumes(), learner_->step()));
  while (!stop.load() && !Done()) {
    losses_.Add(learner_->Step());
    CheckpointIfDue();
    LookIfDue();
    Report(/*force=*/false);
  }
  doing_ = kSaving;
  trained_s_ = Seconds();
  Checkpoint();
  Report(/*force=*/true);
}

void GoPolicyRun::Impl::CheckpointIfDue() {
  const TrainConfig& train = config_.train;
  const bool due = train.deterministic
                       ? learner_->step() - last_checkpoint_step_ >= train.checkpoint_steps
                       : Now() - last_checkpoint_s_ >= train.checkpoint_s;
  if (due) Checkpoint();
}

void GoPolicyRun::Impl::Checkpoint() {
  NetworkFile network;
  network.snapshot = learner_->Publish();
  network.facts = NetworkFacts(config_.train, state_.games, state_.positions);
  SaveNetwork(folder_.checkpoint(learner_->step()), network);
  state_.published_step = learner_->step();
  RunState saved = state_;
  saved.seconds = Seconds();
  SaveRunState(folder_.path(), saved, *learner_);
  last_checkpoint_s_ = Now();
  last_checkpoint_step_ = learner_->step();
}

void GoPolicyRun::Impl::LookIfDue() {
  if (Now() - last_look_s_ < config_.look_s || state_.evaluation_s > kGoPolicyLookShare * Seconds())
    return;
  const double begin = Now();
  doing_ = "looking at games that were kept apart";
  printer_.Show(Status(), begin);
  look_ =
      ScoreHeldOut(learner_->Publish(), games_.test, config_.train.device, config_.look_positions);
  looked_step_ = learner_->step();
  doing_.clear();
  last_look_s_ = Now();
  state_.evaluation_s += last_look_s_ - begin;
  Report(/*force=*/true);
}

RunStatus GoPolicyRun::Impl::Status() const {
  RunStatus s;
  s.plays = false;
  s.seconds = Seconds();
  s.budget_used = budget_.Used(s.seconds, learner_->step(), state_.games);
  s.games = state_.games;
  s.positions = state_.positions;
  s.steps = learner_->step();
  s.network_step = state_.published_step;
  s.losses = losses_.means();
  if (look_) s.losses.emplace_back("held-out top-1", look_->Accuracy().value);
  s.doing = doing_;
  return s;
}

void GoPolicyRun::Impl::Report(bool force) {
  const double now = Now();
  RunStatus status = Status();
  // What is shown at the end is shown whenever the last line came.
  printer_.Show(status, doing_ == kSaving ? 1e18 : now);
  if (!force && now - last_metrics_s_ < kMetricsInterval_s) return;
  last_metrics_s_ = now;
  status.losses = losses_.means();
  nlohmann::json line = StatusMetrics(status, {}, learner_->buffer().positions(), losses_);
  if (look_ && looked_step_ == learner_->step()) {
    line["top_1_accuracy"] = look_->Accuracy().value;
    line["validation_loss"] = look_->policy_loss;
    line["validation_value_loss"] = look_->value_loss;
  }
  folder_.AppendMetrics(line);
  losses_.Clear();
}

std::vector<LearnRow> GoPolicyRun::Impl::Measure() {
  measured_ = ScoreHeldOut(learner_->Publish(), games_.test, config_.train.device);
  const Interval accuracy = measured_->Accuracy();
  std::vector<LearnRow> rows = {
      {"top-1 accuracy", 100.0 * accuracy.value, "%"},
      {"top-1 accuracy low", 100.0 * accuracy.low, "%"},
      {"top-1 accuracy high", 100.0 * accuracy.high, "%"},
      {"validation loss", measured_->policy_loss, "nats"},
      {"validation value loss", measured_->value_loss, "nats"},
      {"held-out games", static_cast<double>(games_.test.size()), "games"},
      {"held-out positions", static_cast<double>(measured_->position_count()), "positions"},
      {"training positions", static_cast<double>(state_.positions), "positions"},
      {"steps", static_cast<double>(learner_->step()), "steps"},
      {"training time", trained_s_, "s"}};
  nlohmann::json line = {{"kind", "result"}};
  for (const LearnRow& row : rows) line[row.name] = row.value;
  folder_.AppendMetrics(line);
  return rows;
}

std::string GoPolicyRun::Impl::Summary() const {
  TENGEN_CHECK(measured_.has_value(), "Summary before Measure");
  const Interval accuracy = measured_->Accuracy();
  const std::string folder = folder_.path().string();
  const auto percent = [](double share) { return std::round(share * 1000.0) / 10.0; };
  return StrCat(
      "foretells ", percent(accuracy.value), " % (", percent(accuracy.low), " to ",
      percent(accuracy.high), ") of the moves in ", games_.test.size(),
      " games that it did not learn from, at ", std::round(measured_->policy_loss * 1e3) / 1e3,
      " nats a move, after ", learner_->step(), " steps\nnext:\n  ./tengen match ",
      ShellWord("run:" + folder + ",visits=100"), " mcts:200 --game go:size=", config_.size,
      "\n  ./tengen report ", ShellWord(folder));
}

GoPolicyRun::GoPolicyRun(const GoPolicyConfig& config, const fs::path& folder)
    : impl_(std::make_unique<Impl>(config, folder)) {}
GoPolicyRun::~GoPolicyRun() = default;
std::string GoPolicyRun::Outlook() const { return impl_->Outlook(); }
void GoPolicyRun::Go(const std::atomic<bool>& stop) { impl_->Go(stop); }
std::vector<LearnRow> GoPolicyRun::Measure() { return impl_->Measure(); }
std::string GoPolicyRun::Summary() const { return impl_->Summary(); }

}  // namespace tengen

#include "experiments/alphago/go_value_run.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/alphago/linear_rollout.h"
#include "agents/zero/zero_learner.h"
#include "experiments/alphago/value_errors.h"
#include "experiments/config/budget.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/players/alphago_parts.h"
#include "experiments/players/rollout_evaluator.h"
#include "experiments/runs/run_folder.h"
#include "experiments/supervised/game_split.h"
#include "experiments/supervised/go_policy_start.h"
#include "experiments/train/loss_means.h"
#include "experiments/train/metrics_lines.h"
#include "experiments/train/run_state.h"
#include "experiments/train/run_status.h"
#include "experiments/train/run_text.h"
#include "nets/atomic_file.h"
#include "nets/checkpoint.h"
#include "nets/intra_op_threads.h"
#include "nets/net_evaluator.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr double kMetricsInterval_s = 5.0;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

bool FromSelfPlay(const GoValueConfig& config) { return !config.play.from.empty(); }

nlohmann::json StoredConfig(const GoValueConfig& config) {
  nlohmann::json json = GoPolicyConfigToJson(config.learn);
  for (const char* key : {"expectation", "budget", "threads", "device", "look_s", "look_positions"})
    json.erase(key);
  json["task"] = "go-value";
  json["from"] = config.play.from;
  if (!FromSelfPlay(config)) return json;
  json["batch_games"] = config.play.batch_games;
  json["selfplay"] = {{"games", {config.play.game}}};
  return json;
}

// Where the games of a run that goes on come from, which it need not be told again.
GoValueConfig WithStoredSource(GoValueConfig config, const fs::path& folder) {
  const auto text = ReadWholeFile(folder / "config.json");
  const nlohmann::json json =
      nlohmann::json::parse(text ? *text : "", nullptr, /*allow_exceptions=*/false);
  const auto take = [&json](const char* key, std::string& field) {
    if (json.is_object() && json.contains(key) && json[key].is_string()) {
      field = json[key].get<std::string>();
    }
  };
  if (!FromSelfPlay(config) && config.learn.sgf.empty()) {
    take("from", config.play.from);
    take("sgf", config.learn.sgf);
  }
  if (config.learn.size == 0 && json.is_object() && json.contains("size") &&
      json["size"].is_number_integer()) {
    config.learn.size = json["size"].get<int>();
  }
  config.play.seed = config.learn.train.seed;
  config.play.test_share = config.learn.test_share;
  if (FromSelfPlay(config)) {
    config.learn.sgf.clear();
    const auto game = GameOrUsageError(config.play.game);
    config.play.game = game->spec().id;
    config.learn.size = game->spec().shape.rows;
  }
  return config;
}

}  // namespace

Result<GoValueConfig> GoValueConfig::Preset(const std::string& name) {
  auto learn = LoadGoPolicyPreset(name);
  if (!learn) return Error{learn.error()};
  GoValueConfig config;
  config.learn = *std::move(learn);
  config.learn.train.name = "go-value-" + name;
  ZeroLearnerConfig& learner = config.learn.train.learner;
  learner.loss = {/*policy_weight=*/0.0, /*value_weight=*/1.0, /*score_weight=*/0.0,
                  /*ownership_weight=*/0.0};
  learner.outcome_loss = OutcomeLoss::kSquaredError;
  return config;
}

class GoValueRun::Impl {
 public:
  Impl(const GoValueConfig& config, const fs::path& folder);
  std::string Outlook() const;
  void Go(const std::atomic<bool>& stop);
  std::vector<LearnRow> Measure();

 private:
  bool has_games() const { return !games_.train.empty(); }
  bool Play(const std::atomic<bool>& stop);
  void Begin(GameSplit games);
  ZeroLearnerConfig PlannedLearner() const;
  void Checkpoint();
  void Report(bool force);
  RunStatus Status() const;
  void MeasureRollouts(std::vector<LearnRow>& rows) const;
  double Seconds() const {
    return played_.seconds + state_.seconds + (start_s_ > 0.0 ? Now() - start_s_ : 0.0);
  }
  double Used() const { return budget_.Used(Seconds(), learner_->step(), state_.games); }

  GoValueConfig config_;
  const Budget budget_;
  const Device device_;
  const int threads_;
  std::string told_;               // of the games that were read
  std::vector<GameRecord> fresh_;  // games of a run that begins
  RunFolder folder_;
  ValueSelfPlay::Progress played_;
  GameSplit games_;
  std::optional<ZeroLearner> learner_;
  RunState state_;
  StatusPrinter printer_;
  LossMeans losses_;
  std::string doing_;
  double start_s_ = 0.0;
  double last_metrics_s_ = 0.0;
  double last_checkpoint_s_ = 0.0;
};

GoValueRun::Impl::Impl(const GoValueConfig& config, const fs::path& folder)
    : config_(WithStoredSource(config, folder)),
      budget_(OrUsageError(Budget::Parse(config.learn.train.budget))),
      device_(OrWorldError(ParseDevice(config.learn.train.device))),
      threads_(config.learn.train.deterministic  ? 1
               : config.learn.train.threads == 0 ? ProcessorCount()
                                                 : config.learn.train.threads),
      fresh_(FromSelfPlay(config_) || HasRunState(folder)
                 ? std::vector<GameRecord>()
                 : ReadGoPolicyGames(config_.learn, told_)),
      folder_(folder, StoredConfig(config_)) {
  if (FromSelfPlay(config_)) {
    played_ = OrWorldError(ValueSelfPlay::Load(folder_.path()));
    if (played_.done) Begin(OrWorldError(LoadGameSplit(folder_.path())));
  } else if (HasRunState(folder_.path())) {
    Begin(OrWorldError(LoadGameSplit(folder_.path())));
  } else {
    GameSplit games = OrWorldError(SplitGames(std::move(fresh_), config_.learn.test_share));
    SaveGameSplit(folder_.path(), games);
    Begin(std::move(games));
  }
}

// The games are there.
void GoValueRun::Impl::Begin(GameSplit games) {
  games_ = std::move(games);
  SetIntraOpThreads(threads_);
  ModelConfig model = GoPolicyModel(config_.learn);
  model.area_heads = false;
  const TrainConfig& train = config_.learn.train;
  learner_.emplace(PlannedLearner(), model, train.seed, train.device, TrainPrecision(train));
  const bool resumes = HasRunState(folder_.path());
  if (resumes) state_ = OrWorldError(LoadRunState(folder_.path(), *learner_));
  state_.games = state_.positions = 0;
  for (const GameRecord& record : games_.train) {
    const tengen::Status added = learner_->Add(record);
    if (!added) throw WorldError(StrCat("game ", record.stream, ": ", added.error()));
    state_.games += 1;
    state_.positions += record.sample_count();
  }
  if (!resumes) return Checkpoint();  // step 0, the untrained network
  auto network = LoadNetwork(folder_.checkpoint(learner_->step()));
  if (network) {
    // Otherwise it is made anew: the same one but for its BatchNorm statistics.
    const tengen::Status ignored = learner_->RestorePublished(std::move(network->snapshot));
    (void)ignored;
  }
}

// Of a budget in time, self-play has had its part.
ZeroLearnerConfig GoValueRun::Impl::PlannedLearner() const {
  GoPolicyConfig rest = config_.learn;
  if (budget_.unit == Budget::Unit::kSeconds) {
    rest.train.budget = StrCat(std::fmax(1.0, budget_.amount - played_.seconds), "s");
  }
  return PlannedGoPolicyLearner(rest, folder_.path(), games_.train);
}

std::string GoValueRun::Impl::Outlook() const {
  const TrainConfig& train = config_.learn.train;
  std::string text = told_.empty() ? "" : told_ + "\n";
  text += StrCat(folder_.resumes() ? "goes on in " : "runs in ", folder_.path().string());
  if (has_games()) {
    text +=
        StrCat(" at step ", learner_->step(), "; ", state_.games, " games with ", state_.positions,
               " positions to learn from, ", games_.test.size(), " kept apart");
  } else {
    text += StrCat(" after ", played_.kept, " games of self-play by the policies of ",
                   config_.play.from, ", one position each");
  }
  return StrCat(text, "; network of ", train.net.blocks, " blocks of ", train.net.channels,
                " channels; budget ", budget_.Text());
}

// False if it was stopped.
bool GoValueRun::Impl::Play(const std::atomic<bool>& stop) {
  const double share =
      budget_.unit == Budget::Unit::kSeconds ? config_.play_share * budget_.amount : 1e18;
  ValueSelfPlay self_play(config_.play, folder_.path(), device_, threads_);
  played_ = self_play.Go(share, stop);
  if (!played_.done) return false;
  Begin(OrWorldError(LoadGameSplit(folder_.path())));
  std::fprintf(stderr, "%s\n", Outlook().c_str());
  return true;
}

void GoValueRun::Impl::Go(const std::atomic<bool>& stop) {
  if (!has_games() && !Play(stop)) return;
  start_s_ = last_metrics_s_ = last_checkpoint_s_ = Now();
  const TrainConfig& train = config_.learn.train;
  SetIntraOpThreads(threads_);
  folder_.AppendMetrics(
      SessionStartMetrics(train, TrainPrecision(train), folder_.resumes(), learner_->step()));
  while (!stop.load() && Used() < 1.0) {
    losses_.Add(learner_->Step());
    const bool due = train.deterministic ? learner_->step() % train.checkpoint_steps == 0
                                         : Now() - last_checkpoint_s_ >= train.checkpoint_s;
    if (due) Checkpoint();
    Report(/*force=*/false);
  }
  doing_ = "saving";  // RunReader knows by it that a run has ended
  Checkpoint();
  Report(/*force=*/true);
  state_.seconds += Now() - start_s_;
  start_s_ = 0.0;
}

void GoValueRun::Impl::Checkpoint() {
  NetworkFile network;
  network.snapshot = learner_->Publish();
  network.facts = NetworkFacts(config_.learn.train, state_.games, state_.positions);
  SaveNetwork(folder_.checkpoint(learner_->step()), network);
  state_.published_step = learner_->step();
  RunState saved = state_;
  saved.seconds = Seconds() - played_.seconds;
  SaveRunState(folder_.path(), saved, *learner_);
  last_checkpoint_s_ = Now();
}

RunStatus GoValueRun::Impl::Status() const {
  RunStatus s;
  s.plays = false;
  s.seconds = Seconds();
  s.budget_used = Used();
  s.games = state_.games;
  s.positions = state_.positions;
  s.steps = learner_->step();
  s.network_step = state_.published_step;
  s.losses = losses_.means();
  s.doing = doing_;
  return s;
}

void GoValueRun::Impl::Report(bool force) {
  const double now = Now();
  const RunStatus status = Status();
  printer_.Show(status, force ? 1e18 : now);
  if (!force && now - last_metrics_s_ < kMetricsInterval_s) return;
  last_metrics_s_ = now;
  folder_.AppendMetrics(StatusMetrics(status, {}, learner_->buffer().positions(), losses_));
  losses_.Clear();
}

// Beside the network: rollouts to the end by policies without one, at held-out positions.
void GoValueRun::Impl::MeasureRollouts(std::vector<LearnRow>& rows) const {
  const auto measure = [&](const char* name, Evaluator& rollouts) {
    const ValueErrors errors = MeasureValueErrors(rollouts, games_.test, config_.rollout_positions);
    const std::string row =
        StrCat("test MSE of ", config_.rollouts_a_position, " ", name, " rollouts");
    rows.push_back({row, errors.Mean().value, ""});
    for (int i = 0; i < ValueErrors::kStretches; ++i) {
      rows.push_back({StrCat(row, " in stretch ", i + 1), errors.StretchMean(i), ""});
    }
  };
  const auto uniform = MakeRolloutEvaluator(*GameOrUsageError(games_.test.front().game_id),
                                            config_.rollouts_a_position);
  measure("uniform", *uniform);
  if (config_.rollouts.empty()) return;
  const auto file = OrUsageError(LinearPolicyFileOf(config_.rollouts, AlphaGoStage::kRollouts));
  const auto factors =
      std::make_shared<const LinearFactors>(OrWorldError(ReadLinearPolicy(file)).policy);
  RolloutEvaluator learnt(config_.rollouts_a_position,
                          std::make_unique<LinearRolloutPolicy>(factors));
  measure("learnt", learnt);
}

std::vector<LearnRow> GoValueRun::Impl::Measure() {
  TENGEN_CHECK(has_games(), "Measure before there are games");
  NetEvaluatorOptions options;
  options.device = device_;
  options.symmetry = EvaluationSymmetry::kIdentity;
  options.threads = threads_;
  NetEvaluator network(learner_->Publish(), options);
  const ValueErrors test = MeasureValueErrors(network, games_.test);
  const ValueErrors training = MeasureValueErrors(network, games_.train, test.position_count());
  const Interval test_mean = test.Mean();
  const Interval training_mean = training.Mean();
  std::vector<LearnRow> rows = {
      {"test MSE", test_mean.value, ""},
      {"test MSE low", test_mean.low, ""},
      {"test MSE high", test_mean.high, ""},
      {"training MSE", training_mean.value, ""},
      {"training MSE low", training_mean.low, ""},
      {"training MSE high", training_mean.high, ""},
      {"test MSE - training MSE", test_mean.value - training_mean.value, ""}};
  for (int i = 0; i < ValueErrors::kStretches; ++i) {
    rows.push_back({StrCat("test MSE in stretch ", i + 1), test.StretchMean(i), ""});
  }
  MeasureRollouts(rows);
  rows.push_back({"held-out games", static_cast<double>(games_.test.size()), "games"});
  rows.push_back({"held-out positions", static_cast<double>(test.position_count()), "positions"});
  rows.push_back({"training positions", static_cast<double>(state_.positions), "positions"});
  rows.push_back({"steps", static_cast<double>(learner_->step()), "steps"});
  nlohmann::json line = {{"kind", "result"}};
  for (const LearnRow& row : rows) line[row.name] = row.value;
  folder_.AppendMetrics(line);
  return rows;
}

GoValueRun::GoValueRun(const GoValueConfig& config, const fs::path& folder)
    : impl_(std::make_unique<Impl>(config, folder)) {}
GoValueRun::~GoValueRun() = default;
std::string GoValueRun::Outlook() const { return impl_->Outlook(); }
void GoValueRun::Go(const std::atomic<bool>& stop) { impl_->Go(stop); }
std::vector<LearnRow> GoValueRun::Measure() { return impl_->Measure(); }

}  // namespace tengen

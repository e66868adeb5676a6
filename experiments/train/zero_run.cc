#include "experiments/train/zero_run.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include "agents/records/old_shards.h"
#include "agents/records/record_shard.h"
#include "agents/records/shard_index.h"
#include "agents/zero/self_play.h"
#include "agents/zero/zero_learner.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/budget.h"
#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "experiments/train/loss_means.h"
#include "experiments/train/machine_speed.h"
#include "experiments/train/metrics_lines.h"
#include "experiments/train/rate_meter.h"
#include "experiments/train/resume_plan.h"
#include "experiments/train/room_wait.h"
#include "experiments/train/run_progress.h"
#include "experiments/train/run_state.h"
#include "experiments/train/run_status.h"
#include "experiments/train/run_text.h"
#include "experiments/train/self_play_driver.h"
#include "experiments/train/start_network.h"
#include "experiments/train/stored_config.h"
#include "nets/auxiliary_heads.h"
#include "nets/checkpoint.h"
#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

constexpr double kSyncInterval_s = 0.25;    // finished games wait at most this long for the disk
constexpr std::size_t kMostUnsynced = 256;  // or until they are so many: they count as learned from
                                            // only then, and more would be taken meanwhile
constexpr double kMetricsInterval_s = 5.0;  // between lines in metrics.jsonl
// Learner steps between looks at everything else: few enough that games are stored and a stop is
// noticed several times a second.
constexpr int kStepsPerTurn = 8;
constexpr auto kGameWait = std::chrono::milliseconds(100);  // a stop is noticed that late at most

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

class ZeroRun::Impl {
 public:
  Impl(const TrainConfig& config, const std::filesystem::path& folder, DriverFactory driver,
       std::shared_ptr<RankTeam> team);
  std::string Outlook() const;
  std::string Forecast(const std::atomic<bool>& stop) const;
  void Go(const std::atomic<bool>& stop);
  std::string Summary() const;
  RunCounts counts() const;

 private:
  // Preparation.
  static ZeroLearner MakeLearner(const TrainConfig& config, const std::filesystem::path& folder,
                                 std::shared_ptr<RankTeam> team);
  static std::optional<OldShards> OldShardsOf(const TrainConfig& config,
                                              const std::filesystem::path& games);
  void OpenLog();
  void Resume();
  void RestorePublished();
  void Warn(const std::string& text);

  // One turn of the loop: each looks after one thing and returns soon.
  void TakeGames();
  void StoreGames(bool force);
  void RefuseInvalidGames();
  void Learn(const std::atomic<bool>& stop);
  void PublishIfDue();
  void CheckpointIfDue();
  void EvaluateIfDue(const std::atomic<bool>& stop);
  void Report(bool force);

  void SayAboutRoom(const std::string& text);
  void NoteNumber(const GameRecord& record);
  void AppendMetrics(const nlohmann::json& line);
  void WriteStatus();  // into metrics.jsonl
  void Publish();
  void Checkpoint();
  void ClearOldGames();
  PlayingModel MakePlayingModel(const ModelSnapshot& snapshot);
  double Seconds() const { return state_.seconds + (Now() - start_s_); }
  std::int64_t Evaluations() const {
    return state_.evaluations + (selfplay_ ? selfplay_->stats().evaluations : 0);
  }
  double BudgetUsed() const;
  bool Done() const { return BudgetUsed() >= 1.0; }
  RunStatus Status() const;

  const TrainConfig config_;
  const DriverFactory driver_;
  const Budget budget_;
  const int processors_;  // for this process's part of an update
  RunFolder folder_;
  std::shared_ptr<spdlog::logger> log_;
  ZeroLearner learner_;
  RecordShardWriter writer_;
  std::optional<OldShards> old_shards_;
  std::shared_ptr<const Game> main_game_;
  RunProgress progress_;
  Precision precision_ = Precision::kFloat32;  // what the configured one came to
  const std::shared_ptr<PipelinePool> selfplay_memory_ = MakeSelfPlayMemory(config_);
  std::optional<LatestModel> source_;
  std::unique_ptr<SelfPlayDriver> selfplay_;
  StatusPrinter printer_;
  RoomWait room_{[this](const std::string& text) { SayAboutRoom(text); },
                 [this] { learner_.KeepRanks(); }};
  LossMeans losses_;
  RateMeter evaluation_rate_;

  RunState state_;    // seconds, evaluations: of earlier sessions
  StreamSet stored_;  // numbers of the games on disk, until Go
  std::vector<GameRecord> unsynced_;
  std::int64_t refused_ = 0;  // games of this session
  std::string doing_;
  SelfPlayStats written_;  // of the last status line
  double start_s_ = Now();
  double last_sync_s_ = Now();
  double last_metrics_s_ = Now();
  double last_checkpoint_s_ = Now();
  double last_game_s_ = Now();
  double last_step_s_ = Now();
  std::int64_t last_checkpoint_step_ = 0;
};

// None where all games are kept.
std::optional<OldShards> ZeroRun::Impl::OldShardsOf(const TrainConfig& config,
                                                    const std::filesystem::path& games) {
  if (config.old_games == "keep") return std::nullopt;
  return OldShards(games, config.old_games == "remove" ? "" : config.old_games);
}

// One that goes on has weights of its own.
ZeroLearner ZeroRun::Impl::MakeLearner(const TrainConfig& config,
                                       const std::filesystem::path& folder,
                                       std::shared_ptr<RankTeam> team) {
  const ModelConfig model = *TrainModelConfig(config);
  std::optional<ModelSnapshot> start;
  if (!config.start.empty() && !HasRunState(folder)) {
    start = WithAuxiliaryHeads(OrWorldError(LoadStartNetwork(config.start)), model.auxiliary,
                               config.seed);
  }
  return ZeroLearner(config.learner, model, config.seed, config.device, TrainPrecision(config),
                     start ? &start->weights : nullptr, std::move(team));
}

ZeroRun::Impl::Impl(const TrainConfig& config, const std::filesystem::path& folder,
                    DriverFactory driver, std::shared_ptr<RankTeam> team)
    : config_(config),
      driver_(std::move(driver)),
      budget_(*Budget::Parse(config.budget)),
      processors_(std::max(1, ProcessorCount() / (team ? team->place().on_this_machine : 1))),
      folder_(folder, StoredTrainConfig(config), StoredTrainConfigRules()),
      learner_(MakeLearner(config, folder_.path(), std::move(team))),
      writer_(folder_.games()),
      old_shards_(OldShardsOf(config, folder_.games())),
      main_game_(*MakeGame(GameIds(config.selfplay).front())),
      progress_(config, main_game_) {
  OpenLog();
  if (writer_.recovered()) log_->warn("{}", writer_.recovered()->Text());
  if (HasRunState(folder_.path())) {
    Resume();
  } else {
    RequireStateOfTrained(folder_.path());
    Checkpoint();  // step 0, the untrained network
  }
  source_.emplace(MakePlayingModel(learner_.Publish()));
  state_.published_step = learner_.step();
  last_checkpoint_step_ = learner_.step();
}

void ZeroRun::Impl::OpenLog() {
  try {
    log_ = std::make_shared<spdlog::logger>(
        "run", std::make_shared<spdlog::sinks::basic_file_sink_mt>(folder_.log().string()));
  } catch (const spdlog::spdlog_ex& error) {
    throw WorldError(StrCat("cannot write ", folder_.log(), ": ", error.what()));
  }
  log_->flush_on(spdlog::level::info);
}

void ZeroRun::Impl::Resume() {
  auto state = LoadRunState(folder_.path(), learner_);
  if (!state) throw WorldError(state.error());
  state_ = *state;
  writer_.WriteIndex();
  ResumePlan plan = PlanResume(IndexShards(folder_.games()), config_.learner.window);
  stored_ = std::move(plan.stored);
  state_.next_game = std::max(state_.next_game, plan.next_game);
  state_.games = plan.skipped_games;
  state_.positions = plan.skipped_positions;
  learner_.Skip(state_.games, state_.positions);
  // Games stored after the state was saved are new to the learner.
  RecordShardReader reader(std::move(plan.files));
  while (std::optional<GameRecord> record = reader.Next()) {
    const std::int64_t positions = record->sample_count();
    const tengen::Status added = learner_.Add(std::move(*record));
    if (!added) {
      reader.Refuse(added.error());
      continue;
    }
    state_.games += 1;
    state_.positions += positions;
  }
  for (const ShardProblem& problem : reader.problems()) Warn(problem.Text());
  if (state_.games < state->games) {
    Warn(StrCat(folder_.games(), " holds ", state_.games, " of the ", state->games,
                " games that the run had stored: the others are lost to training"));
  }
  RestorePublished();
  progress_.Resume(state_, [this] { return folder_.ReadMetrics(); });
  log_->info("resumed at step {} with {} games", learner_.step(), state_.games);
}

// The network of the step that the run stopped at may have been rated, and this session's games
// will name it: it stays what the checkpoint holds.
void ZeroRun::Impl::RestorePublished() {
  Result<NetworkFile> network = LoadNetwork(folder_.checkpoint(learner_.step()));
  const tengen::Status restored = network ? learner_.RestorePublished(std::move(network->snapshot))
                                          : tengen::Status(Error{network.error()});
  if (restored) return;
  const std::string text =
      StrCat("the network of step ", learner_.step(),
             " is made anew, since its checkpoint was lost: ", restored.error());
  Warn(text);
}

void ZeroRun::Impl::Warn(const std::string& text) {
  log_->warn("{}", text);
  printer_.Say(text);
}

PlayingModel ZeroRun::Impl::MakePlayingModel(const ModelSnapshot& snapshot) {
  SelfPlayNetwork network = MakeSelfPlayNetwork(config_, snapshot, selfplay_memory_);
  precision_ = network.precision;
  return {std::move(network.evaluator), snapshot.step, WeightsHash(snapshot)};
}

double ZeroRun::Impl::BudgetUsed() const {
  return budget_.Used(Seconds(), learner_.step(), state_.games, Evaluations());
}

void ZeroRun::Impl::Go(const std::atomic<bool>& stop) {
  start_s_ = last_sync_s_ = last_metrics_s_ = last_checkpoint_s_ = last_game_s_ = last_step_s_ =
      Now();
  room_.Begin(stop);
  SetIntraOpThreads(1);
  selfplay_ = driver_ ? driver_({config_, state_.next_game, *source_, folder_.path(),
                                 learner_.Publish(), std::exchange(stored_, {})})
                      : MakeSelfPlayDriver(config_, state_.next_game, *source_);
  AppendMetrics(SessionStartMetrics(config_, precision_, folder_.resumes(), learner_.step()));
  while (!stop.load() && !Done()) {
    TakeGames();
    StoreGames(/*force=*/config_.deterministic || unsynced_.size() >= kMostUnsynced);
    Learn(stop);
    PublishIfDue();
    CheckpointIfDue();
    EvaluateIfDue(stop);
    Report(/*force=*/false);
  }
  doing_ = "saving";
  selfplay_->Stop(Done() ? SessionEnd::kRunOver : SessionEnd::kStopped);
  if (!config_.deterministic) TakeGames();
  StoreGames(/*force=*/true);
  Checkpoint();
  Report(/*force=*/true);
  learner_.EndRanks();
}

void ZeroRun::Impl::TakeGames() {
  // A learner that has fallen behind leaves games in the queue; a full queue holds self-play up.
  if (!config_.deterministic && learner_.StepsDue() > config_.publish_steps) return;
  const bool idle = learner_.StepsDue() == 0;
  std::vector<GameRecord> games = selfplay_->Take(idle ? kGameWait : std::chrono::milliseconds(0));
  if (!games.empty()) last_game_s_ = Now();
  std::move(games.begin(), games.end(), std::back_inserter(unsynced_));
}

// A game that breaks the rules, or whose numbers are none, must not reach the disk: every resume
// would read it again. The run goes on without it.
void ZeroRun::Impl::RefuseInvalidGames() {
  std::erase_if(unsynced_, [this](const GameRecord& record) {
    const tengen::Status valid = learner_.Check(record);
    if (valid) return false;
    ++refused_;
    selfplay_->Refused(record, valid.error());
    NoteNumber(record);
    const std::string text = StrCat("game ", record.stream, " (", record.game_id,
                                    ") was refused: ", valid.error(), "; ", refused_, " so far");
    log_->warn("{}", text);
    AppendMetrics({{"kind", "refused"}, {"refused_games", refused_}, {"why", text}});
    // A network that gives nothing but such games would fill the screen.
    if (std::has_single_bit(static_cast<std::uint64_t>(refused_))) printer_.Say(text);
    return true;
  });
}

// The order matters: write, force to disk, and only then count and learn. What metrics.jsonl calls
// stored survives a crash at any moment.
void ZeroRun::Impl::StoreGames(bool force) {
  if (unsynced_.empty() || (!force && Now() - last_sync_s_ < kSyncInterval_s)) return;
  RefuseInvalidGames();
  if (unsynced_.empty()) return;
  std::size_t stored = 0;
  room_.Do([&] { writer_.Store(unsynced_, stored); });
  last_sync_s_ = Now();
  for (GameRecord& record : unsynced_) {
    state_.games += 1;
    state_.positions += record.sample_count();
    NoteNumber(record);
    selfplay_->Stored(record);
    const tengen::Status added = learner_.Add(std::move(record));
    TENGEN_CHECK(added.ok(), added.error());
  }
  unsynced_.clear();
  AppendMetrics({{"kind", "stored"}, {"games", state_.games}, {"positions", state_.positions}});
}

void ZeroRun::Impl::Learn(const std::atomic<bool>& stop) {
  const std::int64_t due = learner_.StepsDue();
  const std::int64_t steps =
      config_.deterministic ? due : std::min<std::int64_t>(due, kStepsPerTurn);
  // While self-play waits for the learner its processors are free.
  const bool selfplay_waits = selfplay_->queued() >= selfplay_->capacity();
  const int free_processors =
      selfplay_waits ? processors_ : std::max(1, processors_ - selfplay_->local_threads());
  SetIntraOpThreads(config_.deterministic ? 1 : free_processors);
  for (std::int64_t i = 0; i < steps && !stop.load() && !Done(); ++i) {
    learner_.FollowRun(BudgetUsed());
    losses_.Add(learner_.Step());
    last_step_s_ = Now();
    PublishIfDue();
  }
}

void ZeroRun::Impl::PublishIfDue() {
  if (learner_.step() - state_.published_step >= config_.publish_steps) Publish();
}

void ZeroRun::Impl::Publish() {
  const ModelSnapshot network = learner_.Publish();
  source_->Set(MakePlayingModel(network));
  selfplay_->Publish(network);
  state_.published_step = learner_.step();
}

void ZeroRun::Impl::NoteNumber(const GameRecord& record) {
  if (record.stream >= kFirstLeasedGame) return;
  state_.next_game = std::max(state_.next_game, record.stream + 1);
}

void ZeroRun::Impl::CheckpointIfDue() {
  const bool due = config_.deterministic
                       ? learner_.step() - last_checkpoint_step_ >= config_.checkpoint_steps
                       : Now() - last_checkpoint_s_ >= config_.checkpoint_s;
  if (due) Checkpoint();
}

void ZeroRun::Impl::SayAboutRoom(const std::string& text) {
  printer_.Say(text);
  log_->warn("{}", text);
}

void ZeroRun::Impl::AppendMetrics(const nlohmann::json& line) {
  room_.Do([&] { folder_.AppendMetrics(line); });
}

void ZeroRun::Impl::Checkpoint() {
  NetworkFile network;
  network.snapshot = learner_.Publish();
  network.facts = NetworkFacts(config_, state_.games, state_.positions);
  RunState saved = state_;
  saved.seconds = Seconds();
  saved.evaluations = Evaluations();
  if (selfplay_) selfplay_->BeforeCheckpoint(network.snapshot);
  room_.Do([&] {
    SaveNetwork(folder_.checkpoint(learner_.step()), network);
    SaveRunState(folder_.path(), saved, learner_);
    writer_.WriteIndex();
  });
  ClearOldGames();
  last_checkpoint_s_ = Now();
  last_checkpoint_step_ = learner_.step();
  log_->info("checkpoint at step {} with {} games", learner_.step(), state_.games);
}

// What stays where it is costs room, not the run.
void ZeroRun::Impl::ClearOldGames() {
  if (!old_shards_) return;
  try {
    const int cleared =
        old_shards_->Clear(state_.positions, WindowSize(config_.learner.window, state_.positions));
    if (cleared > 0) log_->info("{} shards of old games: {}", cleared, config_.old_games);
  } catch (const WorldError& error) {
    log_->warn("old games stay: {}", error.what());
  }
}

void ZeroRun::Impl::EvaluateIfDue(const std::atomic<bool>& stop) {
  if (!progress_.Due(learner_.step(), state_, Seconds())) return;
  doing_ = "evaluating";
  printer_.Show(Status(), Now());
  WriteStatus();  // those who watch the folder see why nothing more comes for a while
  const auto look = progress_.Play(
      source_->Latest().evaluator, learner_.step(), state_, [this] { return Seconds(); }, stop);
  doing_.clear();
  if (!look) return;
  AppendMetrics(look->metrics);
  for (const std::string& line : look->text) log_->info("{}", line);
}

RunStatus ZeroRun::Impl::Status() const {
  RunStatus s;
  s.seconds = Seconds();
  s.evaluations = Evaluations();
  s.budget_used = BudgetUsed();
  s.games = state_.games;
  s.positions = state_.positions;
  s.steps = learner_.step();
  s.steps_due = learner_.StepsDue();
  s.first_positions = config_.learner.first_positions;
  s.network_step = state_.published_step;
  s.selfplay = selfplay_->stats();
  s.evaluations_per_s = evaluation_rate_.per_second();
  s.batch_fill = s.selfplay.batch_fill();
  s.workers = selfplay_->workers();
  s.queued_games = selfplay_->queued();
  s.queue_capacity = selfplay_->capacity();
  s.seconds_since_game = Now() - last_game_s_;
  s.seconds_since_step = Now() - last_step_s_;
  s.losses = losses_.means();
  s.elo = progress_.elo();
  if (const auto& returns = progress_.returns()) {
    s.returns = {returns->policy_return, returns->search_return};
  }
  s.doing = doing_;
  return s;
}

void ZeroRun::Impl::Report(bool force) {
  const double now = Now();
  for (const std::string& news : selfplay_->TakeNews()) {
    log_->info("{}", news);
    printer_.Say(news);
  }
  evaluation_rate_.Update(static_cast<double>(selfplay_->stats().evaluations), now);
  printer_.Show(Status(), force ? 1e18 : now);
  if (!force && now - last_metrics_s_ < kMetricsInterval_s) return;
  WriteStatus();
}

void ZeroRun::Impl::WriteStatus() {
  last_metrics_s_ = Now();
  learner_.KeepRanks();
  const RunStatus status = Status();
  SelfPlayStats since = status.selfplay;
  since -= written_;
  AppendMetrics(StatusMetrics(status, since, learner_.buffer().positions(), losses_));
  written_ = status.selfplay;
  losses_.Clear();
}

std::string ZeroRun::Impl::Outlook() const {
  return RunOutlook(config_, *main_game_, folder_.path(), folder_.resumes(), learner_.step(),
                    !driver_);
}

std::string ZeroRun::Impl::Forecast(const std::atomic<bool>& stop) const {
  if (config_.deterministic || folder_.resumes()) return "";
  const MachineSpeed speed = MeasureMachine(config_, stop);
  return stop ? "" : ForecastText(config_, speed, ProcessorName(), ProcessorCount());
}

std::string ZeroRun::Impl::Summary() const {
  return RunSummary(Status(), folder_.path(), main_game_->spec());
}

RunCounts ZeroRun::Impl::counts() const {
  return {state_.games, state_.positions, learner_.step(), learner_.StepsDue(),
          selfplay_->stats().evaluations};
}

ZeroRun::ZeroRun(const TrainConfig& config, const std::filesystem::path& folder,
                 DriverFactory driver, std::shared_ptr<RankTeam> team)
    : impl_(std::make_unique<Impl>(config, folder, std::move(driver), std::move(team))) {}
ZeroRun::~ZeroRun() = default;
std::string ZeroRun::Outlook() const { return impl_->Outlook(); }
std::string ZeroRun::Forecast(const std::atomic<bool>& stop) const { return impl_->Forecast(stop); }
void ZeroRun::Go(const std::atomic<bool>& stop) { impl_->Go(stop); }
std::string ZeroRun::Summary() const { return impl_->Summary(); }
RunCounts ZeroRun::counts() const { return impl_->counts(); }

}  // namespace tengen

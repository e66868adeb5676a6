#include "experiments/alphago/go_reinforce_run.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/alphago/stage_network.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBatches = "batches";
constexpr const char* kSeconds = "seconds";
constexpr double kReportInterval_s = 10.0;
constexpr double kSaveInterval_s = 60.0;
constexpr std::uint64_t kMatchSeed = 1;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

nlohmann::json StoredConfig(const GoReinforceConfig& config) {
  nlohmann::json json = {{"task", "go-reinforce"},
                         {"from", config.from},
                         {"game", config.game},
                         {"games", config.policy.games},
                         {"rate", config.policy.optimizer.lr},
                         {"pool_every", config.policy.pool_every},
                         {"baseline", NameOf(config.policy.baseline)},
                         {"seed", config.policy.seed},
                         {"selfplay", {{"games", {config.game}}}}};
  if (!config.value.empty()) json["value"] = config.value;
  return json;
}

// What a run that goes on need not be told again.
void TakeStoredSources(const fs::path& folder, GoReinforceConfig& config) {
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text) return;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const auto take = [&json](const char* key, std::string& field) {
    if (field.empty() && json.is_object() && json.contains(key) && json[key].is_string()) {
      field = json[key].get<std::string>();
    }
  };
  take("from", config.from);
  if (config.policy.baseline == ReinforceBaseline::kValue) take("value", config.value);
}

// What results are measured from; null where that is no value network.
std::shared_ptr<Evaluator> OpenBaseline(const GoReinforceConfig& config, const GoGame& game,
                                        Device device) {
  if (config.policy.baseline != ReinforceBaseline::kValue) {
    if (!config.value.empty()) {
      throw UsageError(StrCat("--value ", config.value, ", wanted --baseline value with it"));
    }
    return nullptr;
  }
  if (config.value.empty()) {
    throw UsageError("--baseline value without --value, wanted a run of 'learn go-value'");
  }
  return OpenStageNetwork(config.value, AlphaGoStage::kValue, game.spec(), device);
}

fs::path StateFile(const fs::path& run) { return run / "resume" / "reinforce.safetensors"; }

// A number among a file's facts.
double Fact(const TensorFile& file, const fs::path& path, const char* key) {
  const auto found = file.metadata.find(key);
  char* end = nullptr;
  const double value =
      found == file.metadata.end() ? -1.0 : std::strtod(found->second.c_str(), &end);
  if (!(value >= 0.0 && value < 1e15) || *end != '\0') {
    throw WorldError(StrCat(path, " says nothing of its ", key, ", wanted a number from 0"));
  }
  return value;
}

}  // namespace

GoReinforceRun::GoReinforceRun(GoReinforceConfig config, const fs::path& folder, Device device,
                               int threads)
    : config_(std::move(config)), device_(device), threads_(threads) {
  TakeStoredSources(folder, config_);
  game_ = std::dynamic_pointer_cast<const GoGame>(GameOrUsageError(config_.game));
  if (game_ == nullptr) throw UsageError(StrCat("game ", config_.game, ", wanted go"));
  config_.game = game_->spec().id;
  if (config_.from.empty()) {
    throw UsageError("no network to begin with, wanted --from with what 'learn go-policy' wrote");
  }
  const bool resumes = fs::exists(StateFile(folder));
  std::optional<ModelSnapshot> start;
  if (!resumes) {
    start = OrUsageError(LoadStageNetwork(config_.from, AlphaGoStage::kSl)).snapshot;
    const Status plays = CheckModelPlays(start->config, game_->spec());
    if (!plays) throw UsageError(StrCat("network of ", config_.from, ": ", plays.error()));
  }
  value_ = OpenBaseline(config_, *game_, device_);
  folder_.emplace(folder, StoredConfig(config_));
  fs::create_directories(folder_->path() / "resume");
  if (resumes) {
    Resume();
  } else {
    RunFolder::RequireNothingTrained(folder_->path(), StateFile(folder_->path()));
    learner_.emplace(game_, *start, config_.policy, device_, threads_, value_);
    Save();
  }
}

void GoReinforceRun::Resume() {
  const fs::path file = StateFile(folder_->path());
  const TensorFile state = OrWorldError(ReadSafetensors(file));
  const auto batches = static_cast<std::int64_t>(Fact(state, file, kBatches));
  seconds_before_ = Fact(state, file, kSeconds);
  std::vector<ModelSnapshot> pool;
  for (std::int64_t at = 0; at <= batches; at += config_.policy.pool_every) {
    pool.push_back(OrWorldError(LoadNetwork(folder_->checkpoint(at))).snapshot);
  }
  saved_pool_ = pool.size();
  learner_.emplace(game_, pool.front(), config_.policy, device_, threads_, value_);
  const Status loaded = learner_->Load(state.tensors, std::move(pool), batches);
  if (!loaded) throw WorldError(StrCat(file, ": ", loaded.error()));
  RemoveOldCheckpoint(batches);
}

void GoReinforceRun::SaveCheckpoint(const ModelSnapshot& snapshot) const {
  NetworkFile network;
  network.snapshot = snapshot;
  network.facts = {{"game", config_.game},
                   {"from", config_.from},
                   {"games", std::to_string(snapshot.step * config_.policy.games)},
                   {"seed", std::to_string(config_.policy.seed)}};
  SaveNetwork(folder_->checkpoint(snapshot.step), network);
}

// Checkpoints that are neither in the pool nor of `but` batches: those that newer ones stand for,
// and those of a process that was killed before it could save the rest.
void GoReinforceRun::RemoveOldCheckpoint(std::int64_t but) const {
  for (const std::int64_t step : RunFolder::Checkpoints(folder_->path())) {
    if (step == but || (step < but && step % config_.policy.pool_every == 0)) continue;
    std::error_code ignored;
    fs::remove_all(folder_->checkpoint(step), ignored);
  }
}

// The networks first: the state never tells of selves that are not there.
void GoReinforceRun::Save() {
  const std::int64_t batches = learner_->batches();
  for (; saved_pool_ < learner_->pool().size(); ++saved_pool_) {
    SaveCheckpoint(learner_->pool()[saved_pool_]);
  }
  if (batches % config_.policy.pool_every != 0) SaveCheckpoint(learner_->Publish());
  WriteSafetensors(StateFile(folder_->path()),
                   {learner_->State(),
                    {{kBatches, std::to_string(batches)}, {kSeconds, std::to_string(Seconds())}}});
  RemoveOldCheckpoint(batches);
}

double GoReinforceRun::Seconds() const {
  return seconds_before_ + (start_s_ > 0.0 ? Now() - start_s_ : 0.0);
}

std::string GoReinforceRun::Outlook() const {
  const ModelConfig& model = learner_->pool().front().config;
  return StrCat(folder_->resumes() ? "goes on in " : "runs in ", folder_->path().string(),
                " after ", learner_->batches(), " batches of ", config_.policy.games, " games of ",
                config_.game, "; it began with ", config_.from, ", ", model.blocks, " blocks of ",
                model.channels, " channels");
}

void GoReinforceRun::Go(const Budget& budget, const std::atomic<bool>& stop) {
  start_s_ = Now();
  double reported_s = start_s_;
  double saved_s = start_s_;
  double z = 0.0;
  double loss = 0.0;
  double learn_s = 0.0;
  std::int64_t positions = 0;
  int batches = 0;
  const auto report = [&] {
    if (batches == 0) return;
    const double seconds = Now() - reported_s;
    const double score = 0.5 * (1.0 + z / batches);
    std::fprintf(
        stderr,
        "%6.0f s  %7lld games  pool of %zu  %5.1f games/s  learning %2.0f %%  won %4.1f %% of %d\n",
        Seconds(), static_cast<long long>(games()), learner_->pool().size(),
        batches * config_.policy.games / seconds, 100.0 * learn_s / seconds, 100.0 * score,
        batches * config_.policy.games);
    folder_->AppendMetrics(
        {{"kind", "status"},
         {"step", learner_->batches()},
         {"games", games()},
         {"seconds", Seconds()},
         {"pool", learner_->pool().size()},
         {"positions_per_game", static_cast<double>(positions) / (batches * config_.policy.games)},
         {"reinforce_loss", loss / batches},
         {"learning_share", learn_s / seconds},
         {"score_against_pool", score}});
    z = loss = learn_s = 0.0;
    positions = 0;
    batches = 0;
    reported_s = Now();
  };
  while (!stop.load() && budget.Used(Seconds(), learner_->batches(), games()) < 1.0) {
    const PolicyReinforcer::Batch batch = learner_->Step();
    z += batch.z;
    loss += batch.metrics.loss;
    learn_s += batch.learn_s;
    positions += batch.positions;
    ++batches;
    if (Now() - reported_s >= kReportInterval_s) report();
    if (Now() - saved_s < kSaveInterval_s) continue;
    Save();
    saved_s = Now();
  }
  report();
  Save();
  seconds_before_ = Seconds();
  start_s_ = 0.0;
}

Interval GoReinforceRun::MeasureAgainstStart(int games) {
  const auto played = PlayNetworkGames(*game_, learner_->Publish(), learner_->pool().front(), games,
                                       kMatchSeed, device_, threads_);
  const Interval score = WilsonInterval(LearnerPoints(played), games);
  folder_->AppendMetrics({{"kind", "result"},
                          {"step", learner_->batches()},
                          {"score_against_start", score.value},
                          {"score_against_start_low", score.low},
                          {"score_against_start_high", score.high},
                          {"games", games}});
  return score;
}

}  // namespace tengen

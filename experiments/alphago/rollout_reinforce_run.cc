#include "experiments/alphago/rollout_reinforce_run.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "experiments/players/alphago_parts.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBatches = "batches";
constexpr const char* kSeconds = "seconds";
constexpr double kSaveInterval_s = 5.0;
constexpr std::uint64_t kMatchSeed = 1;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

nlohmann::json StoredConfig(const RolloutReinforceConfig& config) {
  return {{"task", "rollout-reinforce"},
          {"from", config.from},
          {"game", config.game},
          {"games", config.linear.games},
          {"rate", config.linear.rate},
          {"pool_every", config.linear.pool_every},
          {"baseline", NameOf(config.linear.baseline)},
          {"seed", config.linear.seed}};
}

void TakeStoredStart(const fs::path& folder, RolloutReinforceConfig& config) {
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text || !config.from.empty()) return;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) config.from = json.value("from", "");
}

fs::path PoolFile(const fs::path& run, std::int64_t batches) {
  char name[32];
  std::snprintf(name, sizeof name, "%08lld.safetensors", static_cast<long long>(batches));
  return run / "pool" / name;
}

// A number among a file's facts.
double Fact(const LinearPolicyFile& file, const fs::path& path, const char* key) {
  const auto found = file.facts.find(key);
  char* end = nullptr;
  const double value = found == file.facts.end() ? -1.0 : std::strtod(found->second.c_str(), &end);
  if (!(value >= 0.0 && value < 1e15) || *end != '\0') {
    throw WorldError(StrCat(path, " says nothing of its ", key, ", wanted a number from 0"));
  }
  return value;
}

}  // namespace

RolloutReinforceRun::RolloutReinforceRun(RolloutReinforceConfig config, const fs::path& folder)
    : config_(std::move(config)) {
  TakeStoredStart(folder, config_);
  game_ = std::dynamic_pointer_cast<const GoGame>(GameOrUsageError(config_.game));
  if (game_ == nullptr) throw UsageError(StrCat("game ", config_.game, ", wanted go"));
  config_.game = game_->spec().id;
  if (config_.from.empty()) {
    throw UsageError(
        "no policy to begin with, wanted --from with what 'learn rollout-policy' wrote");
  }
  const bool resumes = fs::exists(folder / kLinearPolicyFile);
  std::optional<LinearPolicy> start;
  if (!resumes) {
    const auto file = OrUsageError(LinearPolicyFileOf(config_.from, AlphaGoStage::kRollouts));
    start = OrWorldError(ReadLinearPolicy(file)).policy;
  }
  folder_.emplace(folder, StoredConfig(config_));
  fs::create_directories(folder_->path() / "pool");
  if (resumes) {
    Resume();
  } else {
    learner_.emplace(game_, *std::move(start), config_.linear);
    Save();
  }
}

void RolloutReinforceRun::Resume() {
  LinearPolicyFile file = OrWorldError(ReadLinearPolicy(policy_file()));
  const auto batches = static_cast<std::int64_t>(Fact(file, policy_file(), kBatches));
  seconds_before_ = Fact(file, policy_file(), kSeconds);
  // All of them share one vocabulary.
  std::vector<LinearPolicy> pool;
  for (std::int64_t at = 0; at <= batches; at += config_.linear.pool_every) {
    LinearPolicy self = OrWorldError(ReadLinearPolicy(PoolFile(folder_->path(), at))).policy;
    if (self.features->words() != file.policy.features->words()) {
      throw WorldError(StrCat(PoolFile(folder_->path(), at), " has other features than ",
                              policy_file(), ", wanted the same"));
    }
    self.features = file.policy.features;
    pool.push_back(std::move(self));
  }
  saved_pool_ = pool.size();
  learner_.emplace(game_, std::move(file.policy), config_.linear, std::move(pool), batches);
}

// The pool first: a policy's file never tells of selves that are not there.
void RolloutReinforceRun::Save() {
  for (; saved_pool_ < learner_->pool().size(); ++saved_pool_) {
    const auto at = static_cast<std::int64_t>(saved_pool_) * config_.linear.pool_every;
    WriteLinearPolicy(PoolFile(folder_->path(), at), learner_->pool()[saved_pool_]);
  }
  WriteLinearPolicy(
      policy_file(), learner_->policy(),
      {{kBatches, std::to_string(learner_->batches())}, {kSeconds, std::to_string(Seconds())}});
}

double RolloutReinforceRun::Seconds() const {
  return seconds_before_ + (start_s_ > 0.0 ? Now() - start_s_ : 0.0);
}

std::string RolloutReinforceRun::Outlook() const {
  return StrCat(folder_->resumes() ? "goes on in " : "runs in ", folder_->path().string(),
                " after ", learner_->batches(), " batches of ", config_.linear.games, " games of ",
                config_.game, "; it began with ", config_.from);
}

void RolloutReinforceRun::Go(const Budget& budget, int threads, const std::atomic<bool>& stop) {
  start_s_ = Now();
  double saved_s = start_s_;
  double z = 0.0;
  int batches = 0;
  const auto report = [&] {
    Save();
    if (batches == 0) return;
    std::fprintf(stderr, "%6.1f s  %8lld games  pool of %zu  won %4.1f %% of the last %d\n",
                 Seconds(), static_cast<long long>(games()), learner_->pool().size(),
                 50.0 * (1.0 + z / batches), batches * config_.linear.games);
    folder_->AppendMetrics({{"step", learner_->batches()},
                            {"games", games()},
                            {"seconds", Seconds()},
                            {"score_against_pool", 0.5 * (1.0 + z / batches)}});
    z = 0.0;
    batches = 0;
    saved_s = Now();
  };
  while (!stop.load() && budget.Used(Seconds(), learner_->batches(), games()) < 1.0) {
    z += learner_->Step(threads);
    ++batches;
    if (Now() - saved_s >= kSaveInterval_s) report();
  }
  report();
}

Interval RolloutReinforceRun::MeasureAgainstStart(int games) {
  const double points =
      PlayLinearMatch(*game_, learner_->policy(), learner_->pool().front(), games, kMatchSeed);
  const Interval score = WilsonInterval(points, games);
  folder_->AppendMetrics({{"kind", "result"},
                          {"step", learner_->batches()},
                          {"score_against_start", score.value},
                          {"games", games}});
  return score;
}

}  // namespace tengen

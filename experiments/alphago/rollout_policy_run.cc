#include "experiments/alphago/rollout_policy_run.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/core/rng.h"
#include "experiments/config/usage_error.h"
#include "experiments/statistics/bootstrap.h"
#include "experiments/supervised/go_games.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEpochs = "epochs_done";

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

nlohmann::json StoredConfig(const RolloutPolicyConfig& config) {
  return {{"task", "rollout-policy"},
          {"sgf", config.sgf},
          {"size", config.size},
          {"test_share", config.test_share},
          {"epochs", config.linear.epochs},
          {"rate", config.linear.rate},
          {"least_count", config.linear.least_count},
          {"seed", config.linear.seed}};
}

// What a run that goes on need not be told again.
void TakeStoredGames(const fs::path& folder, RolloutPolicyConfig& config) {
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text) return;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return;
  if (config.sgf.empty()) config.sgf = json.value("sgf", "");
  if (config.size == 0) config.size = json.value("size", 0);
}

int EpochsOf(const LinearPolicyFile& file, const fs::path& path, int most) {
  const auto found = file.facts.find(kEpochs);
  const std::string text = found == file.facts.end() ? "" : found->second;
  int epochs = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epochs);
  if (error != std::errc() || end != text.data() + text.size() || epochs < 0 || epochs > most) {
    throw WorldError(
        StrCat(path, " says '", text, "' passes through the games, wanted 0 to ", most));
  }
  return epochs;
}

}  // namespace

RolloutPolicyRun::RolloutPolicyRun(RolloutPolicyConfig config, const fs::path& folder)
    : config_(std::move(config)) {
  TakeStoredGames(folder, config_);
  const bool resumes = fs::exists(folder / kLinearPolicyFile);
  std::vector<GameRecord> games;
  if (!resumes) games = ReadGoGames(config_.sgf, config_.size, told_);
  folder_.emplace(folder, StoredConfig(config_));
  if (resumes) {
    Resume();
    return;
  }
  games_ = OrUsageError(SplitGames(std::move(games), config_.test_share));
  Begin();
}

void RolloutPolicyRun::Begin() {
  SaveGameSplit(folder_->path(), games_);
  policy_.emplace(
      std::make_shared<LinearFeatures>(CountWords(games_.train, config_.linear.least_count)));
  Save();
}

void RolloutPolicyRun::Resume() {
  games_ = OrWorldError(LoadGameSplit(folder_->path()));
  LinearPolicyFile file = OrWorldError(ReadLinearPolicy(policy_file()));
  epochs_ = EpochsOf(file, policy_file(), config_.linear.epochs);
  policy_ = std::move(file.policy);
}

void RolloutPolicyRun::Save() const {
  WriteLinearPolicy(policy_file(), *policy_, {{kEpochs, std::to_string(epochs_)}});
}

std::string RolloutPolicyRun::Outlook() const {
  const std::string begin = told_.empty()
                                ? StrCat("goes on after ", epochs_, " of ", config_.linear.epochs,
                                         " passes through the games in ", folder_->path().string())
                                : StrCat(told_, "\nruns in ", folder_->path().string());
  const LinearWords& words = policy_->features->words();
  return StrCat(begin, "\n", games_.train.size(), " games to learn from, ", games_.test.size(),
                " kept apart; ", policy_->features->size(), " features, among them ",
                words.patterns.size(), " patterns, ", words.near.size(), " beside the last move, ",
                words.responses.size(), " answers to it");
}

void RolloutPolicyRun::Go(const std::atomic<bool>& stop) {
  const LinearTrainer trainer(games_.train, config_.linear);
  while (!done() && !stop.load()) {
    const double begin = Now();
    const LinearTrainer::Epoch epoch = trainer.Run(*policy_, epochs_);
    ++epochs_;
    Save();
    const double seconds = Now() - begin;
    std::fprintf(stderr, "pass %d of %d: %.4f nats a move over %lld moves, %.1f s\n", epochs_,
                 config_.linear.epochs, epoch.loss, static_cast<long long>(epoch.positions),
                 seconds);
    folder_->AppendMetrics({{"step", epochs_}, {"policy_loss", epoch.loss}, {"seconds", seconds}});
  }
}

RolloutPolicyResult RolloutPolicyRun::Measure() {
  const LinearScore score = ScoreLinearPolicy(*policy_, games_.test);
  Rng rng(1, RngRole::kEvaluation);
  RolloutPolicyResult result;
  result.accuracy = GroupBootstrap(score.hits, score.positions, rng);
  result.loss = score.loss;
  result.positions =
      std::accumulate(score.positions.begin(), score.positions.end(), std::int64_t{0});
  result.games = static_cast<int>(games_.test.size());
  folder_->AppendMetrics({{"kind", "result"},
                          {"step", epochs_},
                          {"top_1_accuracy", result.accuracy.value},
                          {"validation_loss", result.loss}});
  return result;
}

}  // namespace tengen

#include "experiments/supervised/go_policy_run.h"

#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/budget.h"
#include "experiments/config/shell_word.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "experiments/supervised/game_split.h"
#include "experiments/supervised/go_policy_start.h"
#include "experiments/supervised/held_out_score.h"
#include "experiments/supervised/split_learner.h"
#include "experiments/train/ranks.h"
#include "experiments/train/run_state.h"
#include "experiments/train/run_status.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

class GoPolicyRun::Impl {
 public:
  Impl(const GoPolicyConfig& config, const fs::path& folder, Ranks* ranks);
  std::string Outlook() const;
  void Go(const std::atomic<bool>& stop);
  std::vector<LearnRow> Measure();
  std::string Summary() const;

 private:
  static nlohmann::json StoredConfig(const GoPolicyConfig& config);
  GameSplit OpenGames();
  void LookIfDue();

  GoPolicyConfig config_;
  const Budget budget_;
  std::string told_;               // of the games that were read
  std::vector<GameRecord> fresh_;  // games of a run that begins
  RunFolder folder_;
  const GameSplit games_;
  SplitLearner learner_;
  std::optional<HeldOutScore> look_;
  std::int64_t looked_step_ = -1;
  double last_look_s_ = Now();
  std::optional<HeldOutScore> measured_;
};

nlohmann::json GoPolicyRun::Impl::StoredConfig(const GoPolicyConfig& config) {
  nlohmann::json json = GoPolicyConfigToJson(config);
  for (const char* key : {"expectation", "budget", "threads", "device"}) json.erase(key);
  return json;
}

GoPolicyRun::Impl::Impl(const GoPolicyConfig& config, const fs::path& folder, Ranks* ranks)
    : config_(WithStoredGames(config, folder)),
      budget_(OrUsageError(Budget::Parse(config.train.budget))),
      fresh_(HasRunState(folder) ? std::vector<GameRecord>() : ReadGoPolicyGames(config_, told_)),
      folder_(folder, StoredConfig(config_)),
      games_(OpenGames()),
      learner_(folder_, config_.train, GoPolicyModel(config_), games_.train, /*other_s=*/0.0,
               ranks != nullptr ? ranks->team() : nullptr) {
  if (ranks != nullptr) ranks->Lead(TrainConfigToJson(GoPolicyTraining(config_)));
}

// What a process left that was killed before there was a state is written anew.
GameSplit GoPolicyRun::Impl::OpenGames() {
  if (HasRunState(folder_.path())) return OrWorldError(LoadGameSplit(folder_.path()));
  RequireStateOfTrained(folder_.path());
  GameSplit games = OrWorldError(SplitGames(std::move(fresh_), config_.test_share));
  SaveGameSplit(folder_.path(), games);
  return games;
}

std::string GoPolicyRun::Impl::Outlook() const {
  const std::string begin =
      folder_.resumes()
          ? StrCat("goes on at step ", learner_.step(), " in ", folder_.path().string())
          : StrCat(told_, "\nruns in ", folder_.path().string());
  return StrCat(begin, "\n", learner_.games(), " games with ", learner_.positions(),
                " positions to learn from, ", games_.test.size(), " kept apart; network of ",
                config_.train.net.blocks, " blocks of ", config_.train.net.channels,
                " channels; budget ", budget_.Text());
}

void GoPolicyRun::Impl::Go(const std::atomic<bool>& stop) {
  last_look_s_ = Now();
  SplitLearner::Hooks hooks;
  hooks.after_step = [this] { LookIfDue(); };
  hooks.show = [this](RunStatus& status) {
    if (look_) status.losses.emplace_back("held-out top-1", look_->Accuracy().value);
  };
  hooks.measured = [this](nlohmann::json& line) {
    if (!look_ || looked_step_ != learner_.step()) return;
    line["top_1_accuracy"] = look_->Accuracy().value;
    line["validation_loss"] = look_->policy_loss;
    line["validation_value_loss"] = look_->value_loss;
  };
  learner_.Go(budget_, stop, hooks);
  learner_.EndRanks();
}

void GoPolicyRun::Impl::LookIfDue() {
  if (Now() - last_look_s_ < config_.look_s) return;
  if (learner_.interrupted_s() > kGoPolicyLookShare * learner_.seconds()) return;
  learner_.Interrupt("looking at games that were kept apart", [this] {
    look_ =
        ScoreHeldOut(learner_.Publish(), games_.test, config_.train.device, config_.look_positions);
    looked_step_ = learner_.step();
  });
  last_look_s_ = Now();
}

std::vector<LearnRow> GoPolicyRun::Impl::Measure() {
  measured_ = ScoreHeldOut(learner_.Publish(), games_.test, config_.train.device);
  const Interval accuracy = measured_->Accuracy();
  std::vector<LearnRow> rows = {
      {"top-1 accuracy", 100.0 * accuracy.value, "%"},
      {"top-1 accuracy low", 100.0 * accuracy.low, "%"},
      {"top-1 accuracy high", 100.0 * accuracy.high, "%"},
      {"validation loss", measured_->policy_loss, "nats"},
      {"validation value loss", measured_->value_loss, "nats"},
      {"held-out games", static_cast<double>(games_.test.size()), "games"},
      {"held-out positions", static_cast<double>(measured_->position_count()), "positions"},
      {"training positions", static_cast<double>(learner_.positions()), "positions"},
      {"steps", static_cast<double>(learner_.step()), "steps"},
      {"training time", learner_.seconds(), "s"}};
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
      " nats a move, after ", learner_.step(), " steps\nnext:\n  ./tengen match ",
      ShellWord("run:" + folder + ",visits=100"), " mcts:200 --game go:size=", config_.size,
      "\n  ./tengen report ", ShellWord(folder));
}

GoPolicyRun::GoPolicyRun(const GoPolicyConfig& config, const fs::path& folder, Ranks* ranks)
    : impl_(std::make_unique<Impl>(config, folder, ranks)) {}
GoPolicyRun::~GoPolicyRun() = default;
std::string GoPolicyRun::Outlook() const { return impl_->Outlook(); }
void GoPolicyRun::Go(const std::atomic<bool>& stop) { impl_->Go(stop); }
std::vector<LearnRow> GoPolicyRun::Measure() { return impl_->Measure(); }
std::string GoPolicyRun::Summary() const { return impl_->Summary(); }

}  // namespace tengen

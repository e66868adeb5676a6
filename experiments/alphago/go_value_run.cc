#include "experiments/alphago/go_value_run.h"

#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/alphago/value_errors.h"
#include "experiments/config/budget.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "experiments/supervised/game_split.h"
#include "experiments/supervised/go_policy_start.h"
#include "experiments/supervised/split_learner.h"
#include "experiments/train/run_state.h"
#include "nets/atomic_file.h"
#include "nets/net_evaluator.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

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
  bool Play(const std::atomic<bool>& stop);
  void Begin(GameSplit games);

  GoValueConfig config_;
  const Budget budget_;
  const Device device_;
  const int threads_;
  std::string told_;               // of the games that were read
  std::vector<GameRecord> fresh_;  // games of a run that begins
  RunFolder folder_;
  ValueSelfPlay::Progress played_;
  GameSplit games_;
  std::optional<SplitLearner> learner_;  // once the games are there
};

GoValueRun::Impl::Impl(const GoValueConfig& config, const fs::path& folder)
    : config_(WithStoredSource(config, folder)),
      budget_(OrUsageError(Budget::Parse(config.learn.train.budget))),
      device_(OrWorldError(ParseDevice(config.learn.train.device))),
      threads_(LearnerThreads(config.learn.train)),
      fresh_(FromSelfPlay(config_) || HasRunState(folder)
                 ? std::vector<GameRecord>()
                 : ReadGoPolicyGames(config_.learn, told_)),
      folder_(folder, StoredConfig(config_)) {
  RequireStateOfTrained(folder_.path());
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
  ModelConfig model = GoPolicyModel(config_.learn);
  model.area_heads = false;
  learner_.emplace(folder_, config_.learn.train, model, games_.train, played_.seconds);
}

std::string GoValueRun::Impl::Outlook() const {
  const TrainConfig& train = config_.learn.train;
  std::string text = told_.empty() ? "" : told_ + "\n";
  text += StrCat(folder_.resumes() ? "goes on in " : "runs in ", folder_.path().string());
  if (learner_) {
    text += StrCat(" at step ", learner_->step(), "; ", learner_->games(), " games with ",
                   learner_->positions(), " positions to learn from, ", games_.test.size(),
                   " kept apart");
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
  if (learner_ || Play(stop)) learner_->Go(budget_, stop);
}

std::vector<LearnRow> GoValueRun::Impl::Measure() {
  TENGEN_CHECK(learner_.has_value(), "Measure before there are games");
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
  for (LearnRow& row :
       RolloutErrorRows(config_.rollouts, network, games_.test, device_, threads_)) {
    rows.push_back(std::move(row));
  }
  rows.push_back({"held-out games", static_cast<double>(games_.test.size()), "games"});
  rows.push_back({"held-out positions", static_cast<double>(test.position_count()), "positions"});
  rows.push_back({"training positions", static_cast<double>(learner_->positions()), "positions"});
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

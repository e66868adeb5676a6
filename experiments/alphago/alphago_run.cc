#include "experiments/alphago/alphago_run.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/alphago/go_reinforce_run.h"
#include "experiments/alphago/go_value_run.h"
#include "experiments/alphago/rollout_policy_run.h"
#include "experiments/alphago/rollout_reinforce_run.h"
#include "experiments/alphago/stage_clock.h"
#include "experiments/alphago/stage_network.h"
#include "experiments/alphago/teacher_games.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/shell_word.h"
#include "experiments/config/usage_error.h"
#include "experiments/supervised/go_games.h"
#include "experiments/supervised/go_policy_run.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

// A run that goes on knows where its games come from.
AlphaGoConfig Checked(AlphaGoConfig config, const fs::path& folder) {
  OrUsageError(CheckAlphaGoConfig(config));
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text || !config.sgf.empty()) return config;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains("sgf") && json["sgf"].is_string()) {
    config.sgf = json["sgf"].get<std::string>();
  }
  return config;
}

nlohmann::json StoredConfig(const AlphaGoConfig& config) {
  nlohmann::json json = AlphaGoConfigToJson(config);
  json["selfplay"] = {{"games", {config.game}}};
  return json;
}

// Budget and shares count for what has not begun.
ConfigRules StoredConfigRules() {
  ConfigRules rules;
  rules.complete = [](const nlohmann::json& stored) -> Result<nlohmann::json> {
    AlphaGoConfig config;
    const Status read = AlphaGoConfigFromFile(stored, config);
    if (!read) return Error{read.error()};
    return StoredConfig(config);
  };
  rules.may_change = {"budget", "shares"};
  return rules;
}

Budget Seconds(double seconds) { return {Budget::Unit::kSeconds, std::max(seconds, 0.1)}; }

std::string SecondsText(double seconds) { return StrCat(std::max(seconds, 0.1), "s"); }

std::vector<LearnRow> ScoreRows(const Interval& score) {
  return {{"score against its start", 100.0 * score.value, "%"},
          {"score against its start low", 100.0 * score.low, "%"},
          {"score against its start high", 100.0 * score.high, "%"}};
}

}  // namespace

AlphaGoRun::AlphaGoRun(const AlphaGoConfig& config, const fs::path& folder,
                       const std::string& device, int threads)
    : config_(Checked(config, folder)),
      device_name_(device),
      device_(OrWorldError(ParseDevice(device))),
      threads_(threads),
      game_(std::static_pointer_cast<const GoGame>(GameOrUsageError(config.game))),
      folder_(folder, StoredConfig(config_), StoredConfigRules()),
      stages_(OrUsageError(StageList::Read(folder))) {}

fs::path AlphaGoRun::FolderOf(PipelineStage stage) const {
  const fs::path name = stage == PipelineStage::kGames ? "teacher" : TextOf(stage).name;
  return folder_.path() / name;
}

std::string AlphaGoRun::Games() const {
  return config_.sgf.empty() ? FolderOf(PipelineStage::kGames).string() : config_.sgf;
}

std::string AlphaGoRun::Outlook() const {
  std::string text = StrCat(
      folder_.resumes() ? "goes on in " : "runs in ", folder_.path().string(), "; ", config_.game,
      "; games ", config_.sgf.empty() ? "of " + config_.teacher : "from " + config_.sgf,
      "; networks of ", config_.blocks, " blocks of ", config_.channels, " channels; budget ",
      OrUsageError(Budget::Parse(config_.budget)).Text());
  for (const PipelineStageText& each : PipelineStages()) {
    const StageList::Entry* entry = stages_.Find(each.stage);
    const char* state = entry == nullptr ? "to do" : entry->done ? "done" : "begun";
    text += StrCat("\n  ", each.name, ": ", each.summary, ", ", state);
  }
  return text;
}

// Its share of what the finished stages left, among those that are not done.
double AlphaGoRun::BudgetOf(PipelineStage stage) const {
  const AlphaGoShares& s = config_.shares;
  const std::vector<std::pair<PipelineStage, double>> shares = {
      {PipelineStage::kGames, config_.sgf.empty() ? s.games : 0.0},
      {PipelineStage::kRolloutsRl, s.rollouts_rl},
      {PipelineStage::kSl, s.sl},
      {PipelineStage::kRl, s.rl},
      {PipelineStage::kValue, s.value}};
  double own = 0.0;
  double open = 0.0;
  for (const auto& [each, share] : shares) {
    if (!stages_.done(each)) open += share;
    if (each == stage) own = share;
  }
  const double left = OrUsageError(Budget::Parse(config_.budget)).amount - stages_.spent_s();
  return open > 0.0 ? std::max(left, 0.0) * own / open : 0.0;
}

bool AlphaGoRun::done() const {
  return std::all_of(PipelineStages().begin(), PipelineStages().end(),
                     [this](const PipelineStageText& each) { return stages_.done(each.stage); });
}

void AlphaGoRun::Go(std::optional<PipelineStage> only, const std::atomic<bool>& stop) {
  for (const PipelineStageText& each : PipelineStages()) {
    if (only && *only != each.stage) continue;
    if (stages_.done(each.stage)) {
      if (only) std::fprintf(stderr, "stage %s is done\n", each.name);
      continue;
    }
    OrUsageError(stages_.CheckNeeds(each.stage, folder_.path()));
    if (each.stage == PipelineStage::kGames) RequireSource();
    if (stages_.Find(each.stage) == nullptr) {
      const double budget_s = BudgetOf(each.stage);
      stages_.At(each.stage).budget_s = budget_s;
    }
    StageList::Entry& entry = stages_.At(each.stage);
    std::fprintf(stderr, "\n== %s: %s", each.name, each.summary);
    if (entry.budget_s > 0.0) std::fprintf(stderr, ", %s", Seconds(entry.budget_s).Text().c_str());
    std::fprintf(stderr, "\n");
    rows_.clear();
    stages_.Write(folder_.path());
    // The other stages count in their own folders what they used; games that were killed before the
    // first of them was there get a moment more.
    const bool games = each.stage == PipelineStage::kGames;
    const double seconds = games ? std::max(entry.budget_s - entry.seconds, 0.1) : entry.budget_s;
    {
      const StageClock clock(stages_, each.stage, folder_.path());
      if (!Run(each.stage, seconds, stop)) return;
    }
    entry.done = true;
    entry.rows = rows_;
    stages_.Write(folder_.path());
    nlohmann::json line = {{"kind", "result"}, {"stage", each.name}, {"seconds", entry.seconds}};
    for (const LearnRow& row : rows_) line[row.name] = row.value;
    folder_.AppendMetrics(line);
  }
}

// What the first stage needs from elsewhere, before anything is written: a wrong name must not hold
// the folder against the right one.
void AlphaGoRun::RequireSource() {
  if (!config_.value_baseline.empty()) {
    OrUsageError(LoadStageNetwork(config_.value_baseline, AlphaGoStage::kValue));
  }
  if (config_.sgf.empty()) {
    teacher_ = std::make_unique<TeacherGames>(config_.teacher, game_, device_, threads_);
  } else if (!fs::exists(config_.sgf)) {
    throw WorldError(config_.sgf + " is not there, wanted game records");
  }
}

bool AlphaGoRun::Run(PipelineStage stage, double seconds, const std::atomic<bool>& stop) {
  switch (stage) {
    case PipelineStage::kGames:
      return MakeGames(seconds, stop);
    case PipelineStage::kRollouts:
      return LearnRollouts(stop);
    case PipelineStage::kRolloutsRl:
      return ReinforceRollouts(seconds, stop);
    case PipelineStage::kSl:
      return LearnPolicy(seconds, stop);
    case PipelineStage::kRl:
      return ReinforcePolicy(seconds, stop);
    case PipelineStage::kValue:
      return LearnValue(seconds, stop);
  }
  return false;
}

// By the teacher where there are no records; either way all are read, so that what is wrong with
// them is said before anything is learnt.
bool AlphaGoRun::MakeGames(double seconds, const std::atomic<bool>& stop) {
  if (config_.sgf.empty()) {
    teacher_->Go(FolderOf(PipelineStage::kGames), config_.teacher_games, seconds, config_.seed,
                 stop);
    teacher_.reset();
    if (stop) return false;
  }
  std::string sgf = Games();
  int size = game_->spec().shape.rows;
  std::string told;
  const auto games = ReadGoGames(sgf, size, told);
  std::fprintf(stderr, "%s\n", told.c_str());
  const auto count = static_cast<int>(games.size());
  if (count < config_.reinforce_games) {
    throw UsageError(StrCat(count, " games of ", size, "x", size, " in ", sgf, ", wanted at least ",
                            config_.reinforce_games, ", as many as a batch of REINFORCE has"));
  }
  rows_ = {{"games", static_cast<double>(count), "games"}};
  return true;
}

bool AlphaGoRun::LearnRollouts(const std::atomic<bool>& stop) {
  RolloutPolicyConfig config;
  config.sgf = Games();
  config.size = game_->spec().shape.rows;
  config.linear.epochs = config_.rollout_epochs;
  config.linear.seed = config_.seed;
  RolloutPolicyRun run(config, FolderOf(PipelineStage::kRollouts));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  if (!run.done()) return false;
  const RolloutPolicyResult result = run.Measure();
  rows_ = {{"top-1 accuracy", 100.0 * result.accuracy.value, "%"},
           {"top-1 accuracy low", 100.0 * result.accuracy.low, "%"},
           {"top-1 accuracy high", 100.0 * result.accuracy.high, "%"},
           {"validation loss", result.loss, "nats"}};
  return true;
}

bool AlphaGoRun::ReinforceRollouts(double seconds, const std::atomic<bool>& stop) {
  RolloutReinforceConfig config;
  config.from = folder_.path().string();
  config.game = config_.game;
  config.linear.games = config_.reinforce_games;
  config.linear.pool_every = config_.pool_every;
  config.linear.seed = config_.seed;
  RolloutReinforceRun run(config, FolderOf(PipelineStage::kRolloutsRl));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(Seconds(seconds), threads_, stop);
  if (stop) return false;
  rows_ = ScoreRows(run.MeasureAgainstStart(config_.match_games));
  return true;
}

bool AlphaGoRun::LearnPolicy(double seconds, const std::atomic<bool>& stop) {
  GoPolicyConfig config = OrUsageError(LoadGoPolicyPreset("3x32"));
  config.sgf = Games();
  config.size = game_->spec().shape.rows;
  config.train.name = config_.name + "-sl";
  config.train.budget = SecondsText(seconds);
  config.train.seed = config_.seed;
  config.train.threads = threads_;
  config.train.device = device_name_;
  config.train.net.blocks = config_.blocks;
  config.train.net.channels = config_.channels;
  config.train.learner.batch_size = config_.batch_size;
  GoPolicyRun run(config, FolderOf(PipelineStage::kSl));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  if (stop) return false;
  rows_ = run.Measure();
  return true;
}

bool AlphaGoRun::ReinforcePolicy(double seconds, const std::atomic<bool>& stop) {
  GoReinforceConfig config;
  config.from = FolderOf(PipelineStage::kSl).string();
  config.game = config_.game;
  config.policy.games = config_.reinforce_games;
  config.policy.pool_every = config_.pool_every;
  config.policy.optimizer.lr = config_.reinforce_rate;
  config.policy.seed = config_.seed;
  config.value = config_.value_baseline;
  if (!config.value.empty()) config.policy.baseline = ReinforceBaseline::kValue;
  GoReinforceRun run(config, FolderOf(PipelineStage::kRl), device_, threads_);
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(Seconds(seconds), stop);
  if (stop) return false;
  rows_ = ScoreRows(run.MeasureAgainstStart(config_.match_games));
  rows_.push_back({"batches", static_cast<double>(run.learner().batches()), "batches"});
  return true;
}

bool AlphaGoRun::LearnValue(double seconds, const std::atomic<bool>& stop) {
  GoValueConfig config = OrUsageError(GoValueConfig::Preset("3x32"));
  config.play.from = folder_.path().string();
  config.play.game = config_.game;
  config.play.games = config_.value_games;
  config.rollouts.policies = folder_.path().string();
  config.rollouts.positions = config_.rollout_positions;
  config.learn.train.name = config_.name + "-value";
  config.learn.train.budget = SecondsText(seconds);
  config.learn.train.seed = config_.seed;
  config.learn.train.threads = threads_;
  config.learn.train.device = device_name_;
  config.learn.train.net.blocks = config_.blocks;
  config.learn.train.net.channels = config_.channels;
  config.learn.train.learner.batch_size = config_.batch_size;
  GoValueRun run(config, FolderOf(PipelineStage::kValue));
  std::fprintf(stderr, "%s\n", run.Outlook().c_str());
  run.Go(stop);
  if (stop) return false;
  rows_ = run.Measure();
  return true;
}

std::string AlphaGoRun::Summary() const {
  std::string text;
  for (const PipelineStageText& each : PipelineStages()) {
    const StageList::Entry* entry = stages_.Find(each.stage);
    if (entry == nullptr || !entry->done) continue;
    text += StrCat(each.name, " (", DurationText(entry->seconds), ")\n");
    for (const LearnRow& row : entry->rows) {
      char line[96];
      std::snprintf(line, sizeof line, "  %-48s %.5g %s\n", row.name.c_str(), row.value,
                    row.unit.c_str());
      text += line;
    }
  }
  const std::string folder = folder_.path().string();
  if (!done()) return text + "the same command without --stage runs the other stages";
  return StrCat(text, "next:\n  ./tengen match ", ShellWord("alphago:" + folder + ",visits=100"),
                " mcts:800 --game ", config_.game);
}

}  // namespace tengen

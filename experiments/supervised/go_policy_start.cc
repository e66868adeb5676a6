#include "experiments/supervised/go_policy_start.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

#include "experiments/config/budget.h"
#include "experiments/config/usage_error.h"
#include "experiments/supervised/go_games.h"
#include "experiments/supervised/split_learner.h"
#include "nets/atomic_file.h"
#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr double kMeasure_s = 10.0;  // learner steps are timed as long, to plan the schedule

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

// The middle one of some steps' times, after one that is not counted.
double StepSeconds(const GoPolicyConfig& config, const std::vector<GameRecord>& games) {
  constexpr std::size_t kGames = 64;
  SetIntraOpThreads(LearnerThreads(config.train));
  ZeroLearnerConfig learner_config = config.train.learner;
  learner_config.trainer.optimizer.total_steps = 1;
  ZeroLearner learner(learner_config, GoPolicyModel(config), config.train.seed, config.train.device,
                      TrainPrecision(config.train));
  for (std::size_t i = 0; i < std::min(kGames, games.size()); ++i) {
    const Status added = learner.Add(games[i]);
    TENGEN_CHECK(added.ok(), added.error());
  }
  learner.Step();
  std::vector<double> seconds;
  const double begin = Now();
  while (seconds.size() < 3 || (Now() - begin < kMeasure_s && seconds.size() < 200)) {
    const double step = Now();
    learner.Step();
    seconds.push_back(Now() - step);
  }
  std::nth_element(seconds.begin(),
                   seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2),
                   seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

GoPolicyConfig WithStoredGames(GoPolicyConfig config, const fs::path& folder) {
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text) return config;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  GoPolicyConfig stored;
  if (!json.is_object() || !GoPolicyConfigFromJson(json, stored)) return config;
  if (config.sgf.empty()) config.sgf = stored.sgf;
  if (config.size == 0) config.size = stored.size;
  return config;
}

std::vector<GameRecord> ReadGoPolicyGames(GoPolicyConfig& config, std::string& told) {
  return ReadGoGames(config.sgf, config.size, told);
}

ModelConfig GoPolicyModel(const GoPolicyConfig& config) {
  TrainConfig train = config.train;
  train.selfplay.games = {StrCat("go:size=", config.size)};
  return OrUsageError(TrainModelConfig(train));
}

namespace {

bool FollowsBudget(const OptimizerConfig& optimizer) {
  return optimizer.total_steps == 0 &&
         (optimizer.schedule == Schedule::kCosine || optimizer.schedule == Schedule::kLinear);
}

std::int64_t StepsWithinBudget(const GoPolicyConfig& config, const std::vector<GameRecord>& games) {
  const Budget budget = OrUsageError(Budget::Parse(config.train.budget));
  if (budget.unit == Budget::Unit::kSteps) return static_cast<std::int64_t>(budget.amount);
  if (budget.unit == Budget::Unit::kGames || budget.unit == Budget::Unit::kEvaluations) {
    throw UsageError(StrCat("budget '", config.train.budget,
                            "', wanted time or steps: all games are there from the start"));
  }
  if (config.train.deterministic) {
    throw UsageError(StrCat("budget '", config.train.budget,
                            "' with --deterministic, wanted steps, such as 2000steps, since the "
                            "learning rate follows the budget"));
  }
  const double steps = budget.amount * (1.0 - kGoPolicyLookShare) / StepSeconds(config, games);
  return std::max<std::int64_t>(1, std::llround(steps));
}

}  // namespace

ZeroLearnerConfig PlannedGoPolicyLearner(const GoPolicyConfig& config, const fs::path& run,
                                         const std::vector<GameRecord>& games) {
  ZeroLearnerConfig learner = config.train.learner;
  OptimizerConfig& optimizer = learner.trainer.optimizer;
  if (!FollowsBudget(optimizer)) return learner;
  const fs::path file = run / "plan.json";
  if (const auto text = ReadWholeFile(file)) {
    const nlohmann::json plan = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
    const auto steps = plan.is_object() ? plan.find("total_steps") : plan.end();
    if (!plan.is_object() || steps == plan.end() || !steps->is_number_integer() || *steps < 1) {
      throw WorldError(StrCat(file, " is damaged, wanted {\"total_steps\": 1 or more}"));
    }
    optimizer.total_steps = steps->get<std::int64_t>();
    return learner;
  }
  optimizer.total_steps = StepsWithinBudget(config, games);
  const nlohmann::json plan = {{"total_steps", optimizer.total_steps}};
  WriteFileAtomically(file, plan.dump() + "\n");
  return learner;
}

}  // namespace tengen

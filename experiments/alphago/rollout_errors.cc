#include "experiments/alphago/rollout_errors.h"

#include <memory>
#include <utility>

#include "agents/alphago/linear_rollout.h"
#include "agents/alphago/policy_rollouts.h"
#include "experiments/alphago/stage_network.h"
#include "experiments/alphago/value_errors.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "experiments/players/alphago_parts.h"
#include "experiments/players/network_folder.h"
#include "experiments/players/rollout_evaluator.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

// Rows of one evaluator after another.
class Table {
 public:
  Table(const std::vector<GameRecord>& games, int positions)
      : games_(games), positions_(positions) {}

  void Add(const std::string& name, Evaluator& evaluator) {
    const ValueErrors errors = MeasureValueErrors(evaluator, games_, positions_);
    const std::string row = "test MSE of " + name;
    const Interval mean = errors.Mean();
    rows_.push_back({row, mean.value, ""});
    rows_.push_back({row + " low", mean.low, ""});
    rows_.push_back({row + " high", mean.high, ""});
    for (int i = 0; i < ValueErrors::kStretches; ++i) {
      rows_.push_back({StrCat(row, " in stretch ", i + 1), errors.StretchMean(i), ""});
    }
    asked_ = errors.position_count();
  }

  std::vector<LearnRow> Finish() {
    rows_.push_back({"positions of the rollouts", static_cast<double>(asked_), "positions"});
    return std::move(rows_);
  }

 private:
  const std::vector<GameRecord>& games_;
  const int positions_;
  std::vector<LearnRow> rows_;
  std::int64_t asked_ = 0;
};

struct NetworkStage {
  const char* name;
  AlphaGoStage stage;
};
constexpr NetworkStage kNetworks[] = {{"sl", AlphaGoStage::kSl}, {"rl", AlphaGoStage::kRl}};

bool Has(const std::string& policies, AlphaGoStage network) {
  return NetworkFolder(StageFolder(policies, network)).ok();
}

}  // namespace

void CheckRolloutPolicies(const RolloutErrorsConfig& config) {
  if (config.policies.empty()) return;
  for (const NetworkStage& each : kNetworks) {
    if (Has(config.policies, each.stage)) return;
  }
  OrUsageError(LinearPolicyFileOf(config.policies, AlphaGoStage::kRollouts));
}

std::vector<LearnRow> RolloutErrorRows(const RolloutErrorsConfig& config, Evaluator& value_network,
                                       const std::vector<GameRecord>& games, Device device,
                                       int threads) {
  const auto game = GameOrUsageError(games.front().game_id);
  Table table(games, config.positions);
  table.Add("the value network", value_network);
  table.Add(StrCat(config.rollouts, " uniform rollouts"),
            *MakeRolloutEvaluator(*game, config.rollouts));
  if (config.policies.empty()) return table.Finish();
  CheckRolloutPolicies(config);
  if (const auto file = LinearPolicyFileOf(config.policies, AlphaGoStage::kRollouts)) {
    const auto factors =
        std::make_shared<const LinearFactors>(OrWorldError(ReadLinearPolicy(*file)).policy);
    RolloutEvaluator rollouts(config.rollouts, std::make_unique<LinearRolloutPolicy>(factors));
    table.Add(StrCat(config.rollouts, " linear rollouts"), rollouts);
  }
  for (const NetworkStage& each : kNetworks) {
    if (!Has(config.policies, each.stage)) continue;
    const std::string folder = StageFolder(config.policies, each.stage).string();
    PolicyRolloutEvaluator rollouts(OpenStageNetwork(folder, each.stage, game->spec(), device),
                                    config.rollouts, device.is_cuda() ? 1 : threads);
    table.Add(StrCat(config.rollouts, " ", each.name, " rollouts"), rollouts);
  }
  return table.Finish();
}

}  // namespace tengen

// The linear policy on real games: TENGEN_SGF_DATA is a folder with go9x9.tar.gz (8,149 games).

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "experiments/alphago/rollout_policy_run.h"
#include "experiments/alphago/rollout_reinforce_run.h"
#include "experiments/commands/command_support.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

TEST(RolloutPolicySlow, ForetellsMovesAndReinforceBeatsItsStart) {
  const char* folder = std::getenv("TENGEN_SGF_DATA");
  if (folder == nullptr) GTEST_SKIP() << "NOT RUN: TENGEN_SGF_DATA names no folder";
  TempFolder temp;
  const std::atomic<bool> on = false;
  RolloutPolicyConfig config;
  config.sgf = (std::filesystem::path(folder) / "go9x9.tar.gz").string();
  RolloutPolicyRun run(config, temp / "rollouts");
  run.Go(on);
  const RolloutPolicyResult result = run.Measure();
  EXPECT_GE(result.accuracy.value, 0.38);
  EXPECT_GT(result.positions, 40'000);

  RolloutReinforceConfig reinforce;
  reinforce.from = (temp / "rollouts").string();
  RolloutReinforceRun learner(reinforce, temp / "rl");
  learner.Go(*Budget::Parse("60s"), ThreadCount(0), on);
  EXPECT_GE(learner.MeasureAgainstStart(1000).value, 0.75)
      << learner.learner().batches() << " batches";
}

}  // namespace
}  // namespace tengen

#include "experiments/bench/rollout_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(RolloutBench, ReportsRatesAndCostsOfBothPolicies) {
  const auto rows = BenchRollouts(0.0, 1, "");
  ASSERT_TRUE(rows.ok()) << rows.error();
  ASSERT_EQ(rows->size(), 4U);
  for (const BenchRow& row : *rows) EXPECT_GT(row.value, 0.0) << row.name;
  EXPECT_EQ((*rows)[1].against, "uniform rollouts");
  EXPECT_NEAR((*rows)[1].ratio, (*rows)[1].value / (*rows)[0].value, 1e-9);
  EXPECT_EQ((*rows)[3].unit, "us");
}

TEST(RolloutBench, NamesAFileThatIsNotThere) {
  EXPECT_THAT(BenchRollouts(0.0, 1, "/nowhere/p").error(), testing::HasSubstr("/nowhere/p"));
}

}  // namespace
}  // namespace tengen

#include "experiments/bench/tree_bench.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(TreeBenchTest, ReportsRatesAndRatios) {
  const std::vector<BenchRow> rows = BenchTree(0.0, 1);
  ASSERT_EQ(rows.size(), 3U);
  for (const BenchRow& row : rows) {
    EXPECT_GT(row.value, 0.0) << row.name;
    EXPECT_EQ(row.unit, "simulations/s");
    EXPECT_EQ(row.against.empty(), row.ratio == 0.0) << row.name;
  }
}

}  // namespace
}  // namespace tengen

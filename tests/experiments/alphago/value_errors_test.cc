#include "experiments/alphago/value_errors.h"

#include <gtest/gtest.h>

#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

// Says the same of every position.
class Constant final : public Evaluator {
 public:
  explicit Constant(float value) : value_(value) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) evaluation.value = value_;
    return 0;
  }
  void Wait(Ticket) override {}

 private:
  const float value_;
};

// X wins; the samples are plies 0, 2, 4, where X is to move and (0.5 - 1)^2 = 0.25, and ply 3,
// where O is and (0.5 + 1)^2 = 2.25. Plies 0 and 2 lie in the first quarter of nine, 3 and 4 in the
// second.
TEST(ValueErrors, AreSquaresFromTheViewOfThePlayerToMove) {
  Constant half(0.5F);
  const ValueErrors errors = MeasureValueErrors(half, {XWinsTopRow()});
  EXPECT_EQ(errors.position_count(), 4);
  EXPECT_DOUBLE_EQ(errors.squares[0], 3 * 0.25 + 2.25);
  EXPECT_DOUBLE_EQ(errors.Mean().value, 0.75);
  EXPECT_DOUBLE_EQ(errors.StretchMean(0), 0.25);
  EXPECT_DOUBLE_EQ(errors.StretchMean(1), (2.25 + 0.25) / 2);
  EXPECT_EQ(errors.StretchMean(3), 0.0);
}

// Who knows nothing has 1 in games without draws.
TEST(ValueErrors, OfNothingAreOne) {
  Constant nothing(0.0F);
  const ValueErrors errors =
      MeasureValueErrors(nothing, {XWinsTopRow(), BlackWinsSmallGo(), XWinsTopRow()});
  EXPECT_DOUBLE_EQ(errors.Mean().value, 1.0);
  EXPECT_DOUBLE_EQ(errors.Mean().low, 1.0);
  EXPECT_EQ(errors.positions[1], BlackWinsSmallGo().sample_count());
}

// Every other sample: plies 0 and 3.
TEST(ValueErrors, CanBeOfSomePositions) {
  Constant half(0.5F);
  const ValueErrors errors = MeasureValueErrors(half, {XWinsTopRow()}, 2);
  EXPECT_EQ(errors.position_count(), 2);
  EXPECT_DOUBLE_EQ(errors.Mean().value, (0.25 + 2.25) / 2);
}

}  // namespace
}  // namespace tengen

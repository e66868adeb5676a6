#include "nets/data_source.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::vector<std::int64_t> Rows(const Batch& batch) {
  const at::Tensor column = batch.front().contiguous();
  const std::int64_t* begin = column.data_ptr<std::int64_t>();
  return {begin, begin + column.numel()};
}

TEST(ShuffledSource, GivesEachExampleOnceAnEpoch) {
  ShuffledSource source({at::arange(10, at::kLong)}, 4, 1);
  std::vector<std::int64_t> drawn;
  for (int i = 0; i < 5; ++i) {
    const auto rows = Rows(source.Next());
    EXPECT_EQ(rows.size(), 4U);
    drawn.insert(drawn.end(), rows.begin(), rows.end());
  }
  EXPECT_DOUBLE_EQ(source.epochs(), 2.0);
  const std::vector<std::int64_t> first(drawn.begin(), drawn.begin() + 10);
  const std::vector<std::int64_t> second(drawn.begin() + 10, drawn.end());
  EXPECT_EQ(std::set<std::int64_t>(first.begin(), first.end()).size(), 10U);
  EXPECT_EQ(std::set<std::int64_t>(second.begin(), second.end()).size(), 10U);
  EXPECT_NE(first, second);
}

TEST(ShuffledSource, ABatchOfAllIsAllInTheirOrder) {
  ShuffledSource source({at::arange(5, at::kLong)}, 5, 1);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(Rows(source.Next()), (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(ShuffledSource, GoesOnFromASavedPlace) {
  const Augmentation shift = [](Batch& batch, Rng& rng) {
    batch[0] = batch[0] + static_cast<int>(rng.Below(100));
  };
  ShuffledSource a({at::arange(10, at::kLong)}, 3, 1, shift);
  ShuffledSource b({at::arange(10, at::kLong)}, 3, 1, shift);
  for (int i = 0; i < 7; ++i) a.Next();
  ASSERT_TRUE(b.Load(a.State()).ok());
  for (int i = 0; i < 7; ++i) EXPECT_EQ(Rows(a.Next()), Rows(b.Next()));
  NamedTensors state = a.State();
  state["place"] = at::tensor({1, 11}, at::kLong);
  EXPECT_THAT(b.Load(state).error(), HasSubstr("a place of at most 10"));
  state.erase("place");
  EXPECT_THAT(b.Load(state).error(), HasSubstr("has no place"));
}

TEST(WindowSource, TargetsAreTheNextSymbols) {
  WindowSource source(at::arange(50, at::kLong), 7, 4, 1);
  std::int64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    const Batch batch = source.Next();
    EXPECT_EQ(batch[0].sizes(), at::IntArrayRef({4, 7}));
    EXPECT_TRUE(at::equal(batch[0] + 1, batch[1]));
    last = std::max(last, batch[1].max().item<std::int64_t>());
  }
  EXPECT_EQ(last, 49);
  WindowSource again(at::arange(50, at::kLong), 7, 4, 2);
  ASSERT_TRUE(again.Load(source.State()).ok());
  EXPECT_TRUE(at::equal(source.Next()[0], again.Next()[0]));
}

}  // namespace
}  // namespace tengen

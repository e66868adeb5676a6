#include "experiments/datasets/split.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Each of 0 to size - 1 once.
void ExpectAll(const Split& split, int size) {
  std::multiset<int> all(split.train.begin(), split.train.end());
  all.insert(split.test.begin(), split.test.end());
  EXPECT_EQ(static_cast<int>(all.size()), size);
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), all.size());
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  EXPECT_TRUE(std::is_sorted(split.test.begin(), split.test.end()));
}

int Count(const std::vector<int>& indices, const std::vector<int>& labels, int label) {
  return static_cast<int>(std::count_if(indices.begin(), indices.end(), [&](int i) {
    return labels[static_cast<std::size_t>(i)] == label;
  }));
}

// 40 of "a", 20 of "b", 3 of "c".
std::vector<int> Labels() {
  std::vector<int> labels(63, 0);
  std::fill(labels.begin() + 40, labels.end(), 1);
  labels[5] = labels[50] = labels[62] = 2;
  return labels;
}
const std::vector<std::string> kNames = {"a", "b", "c"};

TEST(RandomSplit, TakesTheShareAndDependsOnTheSeed) {
  const auto split = RandomSplit(100, 0.25, 1);
  ASSERT_TRUE(split.ok());
  ExpectAll(*split, 100);
  EXPECT_EQ(split->test.size(), 25U);
  EXPECT_EQ(split->test, RandomSplit(100, 0.25, 1)->test);
  EXPECT_NE(split->test, RandomSplit(100, 0.25, 2)->test);
  EXPECT_EQ(RandomSplit(2, 0.01, 1)->test.size(), 1U);  // at least one into each part
  EXPECT_EQ(RandomSplit(2, 0.99, 1)->train.size(), 1U);
}

TEST(RandomSplit, RefusesWhatCannotBeSplit) {
  EXPECT_THAT(RandomSplit(1, 0.5, 1).error(), HasSubstr("1 examples, wanted at least 2"));
  for (const double share : {0.0, 1.0, -0.1, 2.0}) EXPECT_FALSE(RandomSplit(9, share, 1).ok());
}

TEST(StratifiedSplit, KeepsTheProportionsOfTheClasses) {
  const std::vector<int> labels = Labels();
  const auto split = StratifiedSplit(labels, kNames, 0.2, 1);
  ASSERT_TRUE(split.ok()) << split.error();
  ExpectAll(*split, 63);
  EXPECT_EQ(Count(split->test, labels, 0), 8);  // of 39 or 40
  EXPECT_EQ(Count(split->test, labels, 1), 4);  // of 21
  EXPECT_EQ(Count(split->test, labels, 2), 1);
}

TEST(StratifiedSplit, NamesAClassThatOccursOnce) {
  const std::vector<int> labels = {0, 0, 1, 1, 2};
  EXPECT_THAT(StratifiedSplit(labels, kNames, 0.2, 1).error(),
              HasSubstr("class 'c' occurs once, wanted at least 2"));
}

TEST(StratifiedFolds, TestEveryExampleOnceWithEvenClasses) {
  const std::vector<int> labels = Labels();
  const auto folds = StratifiedFolds(labels, kNames, 3, 1);
  ASSERT_TRUE(folds.ok()) << folds.error();
  std::multiset<int> tested;
  for (const Split& split : *folds) {
    ExpectAll(split, 63);
    EXPECT_EQ(split.test.size(), 21U);
    EXPECT_EQ(Count(split.test, labels, 2), 1);
    tested.insert(split.test.begin(), split.test.end());
  }
  EXPECT_EQ(tested.size(), 63U);
  EXPECT_EQ(std::set<int>(tested.begin(), tested.end()).size(), 63U);
  EXPECT_THAT(StratifiedFolds(labels, kNames, 5, 1).error(),
              HasSubstr("class 'c' occurs 3 times, wanted at least 5"));
}

TEST(GroupSplit, NeverDividesAGroup) {
  const std::vector<std::string> groups = {"x", "y", "z", "x", "w", "y", "v"};
  const auto split = GroupSplit(groups, 0.4, 1);
  ASSERT_TRUE(split.ok());
  ExpectAll(*split, 7);
  std::set<std::string> train;
  std::set<std::string> test;
  for (const int i : split->train) train.insert(groups[static_cast<std::size_t>(i)]);
  for (const int i : split->test) test.insert(groups[static_cast<std::size_t>(i)]);
  EXPECT_EQ(test.size(), 2U);
  EXPECT_EQ(train.size(), 3U);
  for (const std::string& group : test) EXPECT_EQ(train.count(group), 0U);
  EXPECT_FALSE(GroupSplit(std::vector<std::string>{"a", "a"}, 0.5, 1).ok());
}

TEST(LeaveOneGroupOut, GivesOneFoldForEachGroup) {
  const std::vector<std::string> groups = {"y", "x", "y", "z"};
  const auto folds = LeaveOneGroupOut(groups);
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(folds->size(), 3U);
  EXPECT_EQ((*folds)[0].group, "x");
  EXPECT_THAT((*folds)[1].split.test, ElementsAre(0, 2));
  EXPECT_THAT((*folds)[1].split.train, ElementsAre(1, 3));
  EXPECT_FALSE(LeaveOneGroupOut(std::vector<std::string>{"a", "a"}).ok());
}

}  // namespace
}  // namespace tengen

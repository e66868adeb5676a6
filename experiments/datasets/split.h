#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Which examples are learnt from and which are kept apart; each ascending, together all of them
// once.
struct Split {
  std::vector<int> train;
  std::vector<int> test;
};

// Draws round(test_share * n) examples of `size`, at least one into each part. Errors: a share
// outside (0, 1), fewer than two examples.
Result<Split> RandomSplit(int size, double test_share, std::uint64_t seed);

// The same from each class, so that both parts hold every class in the proportions of the whole.
// Errors: a class that occurs once (named), as RandomSplit.
Result<Split> StratifiedSplit(std::span<const int> labels,
                              const std::vector<std::string>& class_names, double test_share,
                              std::uint64_t seed);

// `folds` splits whose test parts are disjoint and together everything; the classes of a test part
// differ in number by one at most from an even share. Errors: fewer than two folds, a class with
// fewer examples than folds (named).
Result<std::vector<Split>> StratifiedFolds(std::span<const int> labels,
                                           const std::vector<std::string>& class_names, int folds,
                                           std::uint64_t seed);

// Whole groups (a speaker, a game) go into the test part: round(test_share * groups), at least one.
// Errors: fewer than two groups, a share outside (0, 1).
Result<Split> GroupSplit(std::span<const std::string> groups, double test_share,
                         std::uint64_t seed);

// One split for each group, in the order of their names, with that group as its test part. Errors:
// fewer than two groups.
struct GroupFold {
  std::string group;
  Split split;
};
Result<std::vector<GroupFold>> LeaveOneGroupOut(std::span<const std::string> groups);

}  // namespace tengen

#include "experiments/datasets/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "experiments/datasets/data_rng.h"

namespace tengen {
namespace {

Status CheckShare(double test_share) {
  if (test_share > 0.0 && test_share < 1.0) return Ok{};
  return Error{StrCat("a test part of ", test_share, ", wanted more than 0, less than 1")};
}

// Of `size`, at least one into each part. REQUIRES: size >= 2.
int TestCount(std::size_t size, double test_share) {
  const auto wanted = static_cast<int>(std::lround(test_share * static_cast<double>(size)));
  return std::clamp(wanted, 1, static_cast<int>(size) - 1);
}

void Finish(Split& split) {
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
}

// The first `test` of them, in their order, are kept apart.
void Deal(const std::vector<int>& shuffled, int test, Split& split) {
  split.test.insert(split.test.end(), shuffled.begin(), shuffled.begin() + test);
  split.train.insert(split.train.end(), shuffled.begin() + test, shuffled.end());
}

// The examples of each class, each class shuffled.
std::vector<std::vector<int>> ShuffledClasses(std::span<const int> labels, std::size_t classes,
                                              std::uint64_t seed) {
  std::vector<std::vector<int>> members(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    members[static_cast<std::size_t>(labels[i])].push_back(static_cast<int>(i));
  }
  Rng rng = DataRng(seed, DataStream::kSplit);
  for (auto& indices : members) rng.Shuffle(std::span(indices));
  return members;
}

// Classes without any example are left alone.
Status CheckClasses(const std::vector<std::vector<int>>& members,
                    const std::vector<std::string>& class_names, int least, const char* what) {
  for (std::size_t c = 0; c < members.size(); ++c) {
    const auto count = static_cast<int>(members[c].size());
    if (count == 0 || count >= least) continue;
    return Error{StrCat("class '", class_names[c], "' occurs ",
                        count == 1 ? std::string("once") : StrCat(count, " times"),
                        ", wanted at least ", least, " examples of each class for ", what)};
  }
  return Ok{};
}

// The members of each group, in the order of the groups' names.
std::map<std::string, std::vector<int>> Members(std::span<const std::string> groups) {
  std::map<std::string, std::vector<int>> members;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    members[groups[i]].push_back(static_cast<int>(i));
  }
  return members;
}

}  // namespace

Result<Split> RandomSplit(int size, double test_share, std::uint64_t seed) {
  if (Status share = CheckShare(test_share); !share) return Error{share.error()};
  if (size < 2) return Error{StrCat(size, " examples, wanted at least 2 to split")};
  std::vector<int> indices(static_cast<std::size_t>(size));
  std::iota(indices.begin(), indices.end(), 0);
  Rng rng = DataRng(seed, DataStream::kSplit);
  rng.Shuffle(std::span(indices));
  Split split;
  Deal(indices, TestCount(indices.size(), test_share), split);
  Finish(split);
  return split;
}

Result<Split> StratifiedSplit(std::span<const int> labels,
                              const std::vector<std::string>& class_names, double test_share,
                              std::uint64_t seed) {
  if (Status share = CheckShare(test_share); !share) return Error{share.error()};
  if (labels.size() < 2) return Error{StrCat(labels.size(), " examples, wanted at least 2")};
  const auto members = ShuffledClasses(labels, class_names.size(), seed);
  if (Status classes = CheckClasses(members, class_names, 2, "a stratified split"); !classes) {
    return Error{classes.error()};
  }
  Split split;
  for (const auto& indices : members) {
    if (!indices.empty()) Deal(indices, TestCount(indices.size(), test_share), split);
  }
  Finish(split);
  return split;
}

Result<std::vector<Split>> StratifiedFolds(std::span<const int> labels,
                                           const std::vector<std::string>& class_names, int folds,
                                           std::uint64_t seed) {
  if (folds < 2) return Error{StrCat(folds, " folds, wanted at least 2")};
  if (labels.empty()) return Error{"no examples, wanted some to split"};
  const auto members = ShuffledClasses(labels, class_names.size(), seed);
  const std::string what = StrCat(folds, " stratified folds");
  if (Status classes = CheckClasses(members, class_names, folds, what.c_str()); !classes) {
    return Error{classes.error()};
  }
  std::vector<Split> splits(static_cast<std::size_t>(folds));
  std::size_t next = 0;  // goes on from class to class, so that the folds are of one size too
  for (const auto& indices : members) {
    for (const int index : indices) {
      for (std::size_t fold = 0; fold < splits.size(); ++fold) {
        (fold == next ? splits[fold].test : splits[fold].train).push_back(index);
      }
      next = (next + 1) % splits.size();
    }
  }
  for (Split& split : splits) Finish(split);
  return splits;
}

Result<Split> GroupSplit(std::span<const std::string> groups, double test_share,
                         std::uint64_t seed) {
  if (Status share = CheckShare(test_share); !share) return Error{share.error()};
  const auto members = Members(groups);
  if (members.size() < 2) return Error{StrCat(members.size(), " groups, wanted at least 2")};
  std::vector<const std::vector<int>*> order;
  for (const auto& [name, indices] : members) order.push_back(&indices);
  Rng rng = DataRng(seed, DataStream::kSplit);
  rng.Shuffle(std::span(order));
  const auto test = static_cast<std::size_t>(TestCount(order.size(), test_share));
  Split split;
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::vector<int>& part = i < test ? split.test : split.train;
    part.insert(part.end(), order[i]->begin(), order[i]->end());
  }
  Finish(split);
  return split;
}

Result<std::vector<GroupFold>> LeaveOneGroupOut(std::span<const std::string> groups) {
  const auto members = Members(groups);
  if (members.size() < 2) return Error{StrCat(members.size(), " groups, wanted at least 2")};
  std::vector<GroupFold> folds;
  for (const auto& [name, indices] : members) {
    GroupFold fold;
    fold.group = name;
    fold.split.test = indices;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (groups[i] != name) fold.split.train.push_back(static_cast<int>(i));
    }
    folds.push_back(std::move(fold));
  }
  return folds;
}

}  // namespace tengen

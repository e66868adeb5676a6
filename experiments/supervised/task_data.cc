#include "experiments/supervised/task_data.h"

#include <charconv>
#include <utility>

#include "envs/core/join.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/usage_error.h"
#include "experiments/datasets/open_data.h"
#include "experiments/datasets/split.h"

namespace tengen {
namespace {

constexpr std::uint64_t kFoldSeed = 1;

// Of a part that is split by class where there are classes.
Split Divide(const Samples& samples, double share, std::uint64_t seed) {
  return samples.labels.empty()
             ? OrUsageError(RandomSplit(samples.size(), share, seed))
             : OrUsageError(StratifiedSplit(samples.labels, samples.class_names, share, seed));
}

template <typename T>
void Append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// Both parts of a set as one.
Samples Joined(DataSet set) {
  Samples all = std::move(set.train);
  if (set.test.size() == 0) return all;
  Append(all.features, set.test.features);
  Append(all.labels, set.test.labels);
  Append(all.targets, set.test.targets);
  Append(all.lengths, set.test.lengths);
  Append(all.groups, set.test.groups);
  Append(all.names, set.test.names);
  return all;
}

// "2/5" as 2 and 5.
bool ParseFold(const std::string& text, int& fold, int& folds) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return false;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), text.data() + slash, fold);
  const auto second = std::from_chars(text.data() + slash + 1, end, folds);
  return first.ec == std::errc() && first.ptr == text.data() + slash && second.ec == std::errc() &&
         second.ptr == end;
}

Split FoldOf(const Samples& samples, const std::string& name) {
  int fold = 0, folds = 0;
  if (ParseFold(name, fold, folds)) {
    if (samples.labels.empty()) throw UsageError("fold " + name + ", wanted data with classes");
    auto all = OrUsageError(StratifiedFolds(samples.labels, samples.class_names, folds, kFoldSeed));
    if (fold < 1 || fold > folds) {
      throw UsageError(StrCat("fold ", name, ", wanted 1/", folds, " to ", folds, "/", folds));
    }
    return std::move(all[static_cast<std::size_t>(fold - 1)]);
  }
  std::vector<std::string> groups;
  for (GroupFold& group : OrUsageError(LeaveOneGroupOut(samples.groups))) {
    if (group.group == name) return std::move(group.split);
    groups.push_back(group.group);
  }
  throw UsageError(
      StrCat("fold '", name, "', wanted a fold such as 1/5, or one of ", Join(groups)));
}

}  // namespace

TaskData OpenTaskData(const LearnConfig& config) {
  const LearnDataConfig& data = config.data;
  DataOptions options;
  options.csv.label = data.label;
  options.csv.answer =
      config.loss == LossKind::kSquaredError ? CsvAnswer::kNumber : CsvAnswer::kClass;
  options.sound.spectrum = data.spectrum;
  options.sound.max_frames = data.max_frames;
  options.count = data.count;
  DataSet set = OrUsageError(OpenDataSet(data.source, options));
  TaskData parts;
  if (!data.fold.empty()) {
    const Samples all = Joined(std::move(set));
    const Split split = FoldOf(all, data.fold);
    parts.train = Select(all, split.train);
    parts.test = Select(all, split.test);
  } else if (set.test.size() == 0) {
    const Split split = Divide(set.train, data.test_share, config.seed);
    parts.test = Select(set.train, split.test);
    parts.train = Select(set.train, split.train);
  } else {
    parts.train = std::move(set.train);
    parts.test = std::move(set.test);
  }
  const Split split = Divide(parts.train, data.validation_share, config.seed + 1);
  parts.validation = Select(parts.train, split.test);
  parts.train = Select(parts.train, split.train);
  if (data.train_share < 1.0) {
    parts.train = Select(parts.train, Divide(parts.train, data.train_share, config.seed + 2).test);
  }
  OrUsageError(CheckSamples(parts.train));
  parts.preprocessing = Preprocessing::Fit(parts.train, data.standardize);
  for (Samples* samples : {&parts.train, &parts.validation, &parts.test}) {
    OrUsageError(parts.preprocessing.Apply(*samples));
  }
  return parts;
}

}  // namespace tengen

#include "experiments/supervised/learn_folds.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

#include "experiments/config/usage_error.h"
#include "experiments/datasets/open_data.h"
#include "experiments/supervised/learn_run.h"

namespace tengen {
namespace {

// Names of the folds, as LearnDataConfig::fold takes them.
std::vector<std::string> FoldNames(const LearnConfig& config, const std::string& folds) {
  std::vector<std::string> names;
  if (folds == "groups") {
    DataOptions options;
    options.csv.label = config.data.label;
    options.sound.spectrum = config.data.spectrum;
    const DataSet set = OrUsageError(OpenDataSet(config.data.source, options));
    std::set<std::string> groups(set.train.groups.begin(), set.train.groups.end());
    groups.insert(set.test.groups.begin(), set.test.groups.end());
    names.assign(groups.begin(), groups.end());
    if (names.size() < 2) {
      throw UsageError(StrCat("--folds groups with ", config.data.source,
                              ", wanted data of two or more groups (speakers)"));
    }
    return names;
  }
  int count = 0;
  const auto [end, error] = std::from_chars(folds.data(), folds.data() + folds.size(), count);
  if (error != std::errc() || end != folds.data() + folds.size() || count < 2 || count > 1000) {
    throw UsageError(StrCat("--folds ", folds, ", wanted 'groups' or a number from 2 to 1000"));
  }
  for (int i = 1; i <= count; ++i) names.push_back(StrCat(i, "/", count));
  return names;
}

// As a folder's name.
std::string FolderName(std::string fold) {
  for (char& c : fold) {
    if (c == '/') c = '-';
  }
  return "fold-" + fold;
}

std::vector<LearnRow> Summary(const std::vector<std::string>& names,
                              const std::vector<std::vector<LearnRow>>& all) {
  std::vector<LearnRow> summary;
  const auto count = static_cast<double>(all.size());
  for (std::size_t k = 0; k < all.front().size(); ++k) {
    double sum = 0.0, squares = 0.0;
    for (const auto& rows : all) sum += rows[k].value;
    const double mean = sum / count;
    for (const auto& rows : all) squares += (rows[k].value - mean) * (rows[k].value - mean);
    LearnRow row = all.front()[k];
    row.value = mean;
    summary.push_back(row);
    if (row.name != "test accuracy") continue;
    row.name = "standard deviation of the test accuracy";
    row.value = std::sqrt(squares / (count - 1.0));
    summary.push_back(row);
    for (std::size_t i = 0; i < all.size(); ++i) {
      summary.push_back({"test accuracy " + names[i], all[i][k].value, row.unit});
    }
  }
  return summary;
}

}  // namespace

std::vector<LearnRow> LearnFolds(const LearnConfig& config, const std::string& folds,
                                 const std::filesystem::path& folder,
                                 const std::atomic<bool>& stop) {
  const std::vector<std::string> names = FoldNames(config, folds);
  std::vector<std::vector<LearnRow>> all;
  for (const std::string& name : names) {
    LearnConfig one = config;
    one.data.fold = name;
    std::fprintf(stderr, "fold %s\n", name.c_str());
    LearnRun run(one, folder / FolderName(name));
    run.Go(stop);
    if (run.rows().empty()) return {};
    all.push_back(run.rows());
  }
  return Summary(names, all);
}

}  // namespace tengen

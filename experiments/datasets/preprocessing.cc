#include "experiments/datasets/preprocessing.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "envs/core/join.h"

namespace tengen {
namespace {

// Which of the means a number belongs to, by its place in an example: place / stride % extent.
struct AxisMap {
  std::size_t stride = 1;
  std::size_t extent = 1;

  std::size_t Of(std::size_t place) const { return place / stride % extent; }
};

AxisMap MapOf(Standardize standardize, const std::vector<int>& shape) {
  if (shape.empty() || standardize == Standardize::kAll || standardize == Standardize::kNone) {
    return {};
  }
  if (standardize == Standardize::kByLast) return {1, static_cast<std::size_t>(shape.back())};
  std::size_t stride = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) stride *= static_cast<std::size_t>(shape[i]);
  return {stride, static_cast<std::size_t>(shape.front())};
}

// Numbers of example i that are no padding.
std::size_t UsedWidth(const Samples& samples, int i) {
  const auto width = static_cast<std::size_t>(samples.width());
  if (samples.lengths.empty()) return width;
  const auto frames = static_cast<std::size_t>(samples.shape.front());
  return width / frames * static_cast<std::size_t>(samples.lengths[static_cast<std::size_t>(i)]);
}

struct Moments {
  std::vector<float> mean;
  std::vector<float> deviation;
};

// Two passes, in double precision.
Moments MomentsOf(const Samples& samples, const AxisMap& map) {
  std::vector<double> mean(map.extent, 0.0);
  std::vector<double> square(map.extent, 0.0);
  std::vector<double> count(map.extent, 0.0);
  const auto visit = [&](auto&& add) {
    for (int i = 0; i < samples.size(); ++i) {
      const auto row = samples.row(i).first(UsedWidth(samples, i));
      for (std::size_t k = 0; k < row.size(); ++k) add(map.Of(k), static_cast<double>(row[k]));
    }
  };
  visit([&](std::size_t group, double x) {
    mean[group] += x;
    count[group] += 1.0;
  });
  for (std::size_t g = 0; g < map.extent; ++g) mean[g] /= std::max(1.0, count[g]);
  visit(
      [&](std::size_t group, double x) { square[group] += (x - mean[group]) * (x - mean[group]); });
  Moments out;
  for (std::size_t g = 0; g < map.extent; ++g) {
    out.mean.push_back(static_cast<float>(mean[g]));
    out.deviation.push_back(static_cast<float>(std::sqrt(square[g] / std::max(1.0, count[g]))));
  }
  return out;
}

// The words of a column that occur in these examples, in their order.
std::vector<std::string> WordsInUse(const Samples& samples, std::size_t column) {
  const std::vector<std::string>& words = samples.categories[column];
  std::vector<bool> used(words.size());
  for (int i = 0; i < samples.size(); ++i) {
    used[static_cast<std::size_t>(samples.row(i)[column])] = true;
  }
  std::vector<std::string> out;
  for (std::size_t w = 0; w < words.size(); ++w) {
    if (used[w]) out.push_back(words[w]);
  }
  return out;
}

constexpr const char* kStandardizeNames[] = {"none", "all", "by first axis", "by last axis"};

}  // namespace

Preprocessing Preprocessing::Fit(const Samples& train, Standardize standardize) {
  Preprocessing out;
  out.input_shape_ = train.shape;
  out.columns_ = train.feature_names;
  out.standardize_ = standardize;
  if (!train.categories.empty()) out.categories_.resize(train.categories.size());
  for (std::size_t c = 0; c < train.categories.size(); ++c) {
    if (!train.categories[c].empty()) out.categories_[c] = WordsInUse(train, c);
  }
  const Status shape = out.SetShape();
  TENGEN_CHECK(shape.ok(), shape.error());
  if (standardize == Standardize::kNone) return out;
  Samples encoded = train;
  out.OneHot(encoded);
  Moments moments = MomentsOf(encoded, MapOf(standardize, out.shape_));
  out.mean_ = std::move(moments.mean);
  out.deviation_ = std::move(moments.deviation);
  if (standardize == Standardize::kAll || out.categories_.empty()) return out;
  std::size_t place = 0;  // 0 and 1 stay what they are
  for (const auto& words : out.categories_) {
    for (std::size_t w = 0; w < words.size(); ++w) {
      out.mean_[place + w] = 0.0F;
      out.deviation_[place + w] = 1.0F;
    }
    place += std::max<std::size_t>(1, words.size());
  }
  return out;
}

Status Preprocessing::CheckColumns(const Samples& samples) const {
  if (columns_.empty() || samples.feature_names.empty()) return Ok{};
  if (samples.feature_names != columns_) {
    return Error{StrCat("the columns ", Join(samples.feature_names), ", wanted ", Join(columns_))};
  }
  for (std::size_t c = 0; c < samples.categories.size(); ++c) {
    const bool met = !samples.categories[c].empty();
    const bool wanted = c < categories_.size() && !categories_[c].empty();
    if (met == wanted) continue;
    return Error{StrCat("column '", columns_[c], "' holds ", met ? "words" : "numbers", ", wanted ",
                        wanted ? "words" : "numbers")};
  }
  return Ok{};
}

Status Preprocessing::Apply(Samples& samples) const {
  const bool is_sound = !samples.lengths.empty();  // may be shorter or longer
  const bool fits = is_sound ? samples.shape.size() == input_shape_.size() &&
                                   samples.shape.back() == input_shape_.back()
                             : samples.shape == input_shape_;
  if (!fits) {
    return Error{
        StrCat("examples of ", Join(samples.shape, "x"), ", wanted ", Join(input_shape_, "x"))};
  }
  if (Status columns = CheckColumns(samples); !columns) return columns;
  OneHot(samples);
  Scale(samples);
  return Ok{};
}

void Preprocessing::OneHot(Samples& samples) const {
  if (categories_.empty()) return;
  const auto width = static_cast<std::size_t>(shape_.front());
  std::vector<float> features;
  features.reserve(width * static_cast<std::size_t>(samples.size()));
  for (int i = 0; i < samples.size(); ++i) {
    const auto row = samples.row(i);
    for (std::size_t c = 0; c < categories_.size(); ++c) {
      if (categories_[c].empty()) {
        features.push_back(row[c]);
        continue;
      }
      const std::string& met = samples.categories[c][static_cast<std::size_t>(row[c])];
      for (const std::string& word : categories_[c]) features.push_back(word == met ? 1.0F : 0.0F);
    }
  }
  samples.features = std::move(features);
  samples.shape = shape_;
  samples.categories.assign(width, {});
  samples.feature_names.clear();
  for (std::size_t c = 0; c < categories_.size(); ++c) {
    if (categories_[c].empty()) samples.feature_names.push_back(columns_[c]);
    for (const std::string& word : categories_[c]) {
      samples.feature_names.push_back(columns_[c] + "=" + word);
    }
  }
}

void Preprocessing::Scale(Samples& samples) const {
  if (standardize_ == Standardize::kNone) return;
  const AxisMap map = MapOf(standardize_, samples.shape);
  for (int i = 0; i < samples.size(); ++i) {
    const auto row = samples.row(i).first(UsedWidth(samples, i));
    for (std::size_t k = 0; k < row.size(); ++k) {
      const std::size_t group = map.Of(k);
      const float deviation = deviation_[group];
      row[k] = deviation > 0.0F ? (row[k] - mean_[group]) / deviation : 0.0F;
    }
  }
}

nlohmann::ordered_json Preprocessing::ToJson() const {
  return {{"format", 1},
          {"input_shape", input_shape_},
          {"columns", columns_},
          {"categories", categories_},
          {"standardize", kStandardizeNames[static_cast<std::size_t>(standardize_)]},
          {"mean", mean_},
          {"deviation", deviation_}};
}

// What comes out of what goes in. Errors: parts that do not fit.
Status Preprocessing::SetShape() {
  const bool positive =
      std::all_of(input_shape_.begin(), input_shape_.end(), [](int extent) { return extent > 0; });
  if (input_shape_.empty() || !positive) {
    return Error{StrCat("preprocessing: input_shape is ", Join(input_shape_, "x"),
                        ", wanted numbers above 0")};
  }
  shape_ = input_shape_;
  if (categories_.empty()) return Ok{};
  if (input_shape_.size() != 1 || columns_.size() != categories_.size() ||
      input_shape_[0] != static_cast<int>(columns_.size())) {
    return Error{"preprocessing: columns, categories and input_shape are not of one length"};
  }
  shape_ = {0};
  for (const auto& words : categories_) shape_[0] += std::max(1, static_cast<int>(words.size()));
  return Ok{};
}

Result<Preprocessing> Preprocessing::FromJson(const nlohmann::json& json) {
  Preprocessing out;
  std::string name;
  try {
    if (json.at("format") != 1) return Error{"preprocessing: format is not 1"};
    json.at("input_shape").get_to(out.input_shape_);
    json.at("columns").get_to(out.columns_);
    json.at("categories").get_to(out.categories_);
    json.at("mean").get_to(out.mean_);
    json.at("deviation").get_to(out.deviation_);
    json.at("standardize").get_to(name);
  } catch (const nlohmann::json::exception& error) {
    return Error{StrCat("preprocessing: ", error.what())};
  }
  const auto* const known =
      std::find(std::begin(kStandardizeNames), std::end(kStandardizeNames), name);
  if (known == std::end(kStandardizeNames)) {
    return Error{StrCat("preprocessing: standardize is '", name, "', wanted one of ",
                        Join(kStandardizeNames))};
  }
  out.standardize_ = static_cast<Standardize>(known - std::begin(kStandardizeNames));
  if (Status shape = out.SetShape(); !shape) return Error{shape.error()};
  const std::size_t wanted =
      out.standardize_ == Standardize::kNone ? 0 : MapOf(out.standardize_, out.shape_).extent;
  if (out.mean_.size() != wanted || out.deviation_.size() != wanted) {
    return Error{StrCat("preprocessing: ", out.mean_.size(), " means and ", out.deviation_.size(),
                        " deviations, wanted ", wanted, " of each")};
  }
  return out;
}

}  // namespace tengen

#include "experiments/datasets/samples.h"

#include <algorithm>
#include <cmath>

namespace tengen {
namespace {

template <typename T>
void SelectColumn(const std::vector<T>& from, std::span<const int> indices, std::vector<T>& to) {
  if (from.empty()) return;
  to.reserve(indices.size());
  for (const int index : indices) to.push_back(from[static_cast<std::size_t>(index)]);
}

template <typename T>
Status CheckColumn(const char* name, const std::vector<T>& column, int size) {
  if (column.empty() || static_cast<int>(column.size()) == size) return Ok{};
  return Error{StrCat(column.size(), " ", name, " for ", size, " examples, wanted one for each")};
}

}  // namespace

int Samples::width() const {
  int width = 1;
  for (const int extent : shape) width *= extent;
  return width;
}

int Samples::size() const {
  if (!labels.empty()) return static_cast<int>(labels.size());
  if (!targets.empty()) return static_cast<int>(targets.size());
  return width() == 0 ? 0 : static_cast<int>(features.size() / static_cast<std::size_t>(width()));
}

std::span<const float> Samples::row(int i) const {
  const auto length = static_cast<std::size_t>(width());
  return std::span(features).subspan(static_cast<std::size_t>(i) * length, length);
}

std::span<float> Samples::row(int i) {
  const auto length = static_cast<std::size_t>(width());
  return std::span(features).subspan(static_cast<std::size_t>(i) * length, length);
}

Samples Select(const Samples& samples, std::span<const int> indices) {
  Samples out;
  out.shape = samples.shape;
  out.class_names = samples.class_names;
  out.feature_names = samples.feature_names;
  out.categories = samples.categories;
  out.features.reserve(indices.size() * static_cast<std::size_t>(samples.width()));
  for (const int index : indices) {
    TENGEN_CHECK(index >= 0 && index < samples.size(), "example ", index, " of ", samples.size());
    const auto row = samples.row(index);
    out.features.insert(out.features.end(), row.begin(), row.end());
  }
  SelectColumn(samples.labels, indices, out.labels);
  SelectColumn(samples.targets, indices, out.targets);
  SelectColumn(samples.lengths, indices, out.lengths);
  SelectColumn(samples.groups, indices, out.groups);
  SelectColumn(samples.names, indices, out.names);
  return out;
}

Status CheckSamples(const Samples& samples) {
  const int size = samples.size();
  if (size == 0) return Error{"no examples, wanted at least one"};
  const auto wanted = static_cast<std::size_t>(size) * static_cast<std::size_t>(samples.width());
  if (samples.features.size() != wanted) {
    return Error{
        StrCat(samples.features.size(), " features, wanted ", size, " times ", samples.width())};
  }
  for (const Status& status :
       {CheckColumn("labels", samples.labels, size), CheckColumn("targets", samples.targets, size),
        CheckColumn("lengths", samples.lengths, size), CheckColumn("groups", samples.groups, size),
        CheckColumn("names", samples.names, size)}) {
    if (!status) return status;
  }
  const auto classes = static_cast<int>(samples.class_names.size());
  for (const int label : samples.labels) {
    if (label < 0 || label >= classes) {
      return Error{StrCat("a label of ", label, ", wanted 0 to ", classes - 1)};
    }
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(samples.features.begin(), samples.features.end(), finite) ||
      !std::all_of(samples.targets.begin(), samples.targets.end(), finite)) {
    return Error{"a number that is not finite, wanted finite ones"};
  }
  return Ok{};
}

}  // namespace tengen

#include "experiments/runs/metric_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace tengen {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void MetricTable::Put(const std::string& name, double value) {
  std::vector<double>& column = columns_[name];
  column.resize(rows(), kNone);
  column.back() = value;
}

void MetricTable::Add(const nlohmann::json& line) {
  const auto seconds = line.find("seconds");
  if (seconds == line.end() || !seconds->is_number()) return;
  const double now = seconds->get<double>();
  const auto keep = static_cast<std::size_t>(
      std::lower_bound(seconds_.begin(), seconds_.end(), now) - seconds_.begin());
  seconds_.resize(keep);
  seconds_.push_back(now);
  for (auto& [name, column] : columns_) {
    column.resize(keep, kNone);
    column.push_back(kNone);
  }
  for (const auto& [name, value] : line.items()) {
    if (name == "seconds") continue;
    if (value.is_number()) Put(name, value.get<double>());
    if (!value.is_object()) continue;
    for (const auto& [part, number] : value.items()) {
      if (number.is_number()) Put(name + "." + part, number.get<double>());
    }
  }
}

void MetricTable::AddRate(const std::string& name, const std::string& of, double stretch_s) {
  const std::span<const double> counts = Column(of);
  if (counts.empty()) return;
  std::vector<double> rates(rows(), kNone);
  std::size_t from = 0;
  for (std::size_t i = 1; i < rows(); ++i) {
    while (from + 1 < i && seconds_[from + 1] <= seconds_[i] - stretch_s) ++from;
    const double passed = seconds_[i] - seconds_[from];
    // A run that was resumed from an earlier state has fewer games than before.
    if (passed > 0.0 && counts[i] >= counts[from]) rates[i] = (counts[i] - counts[from]) / passed;
  }
  columns_[name] = std::move(rates);
}

std::span<const double> MetricTable::Column(const std::string& name) const {
  if (name == "seconds") return seconds_;
  const auto column = columns_.find(name);
  return column == columns_.end() ? std::span<const double>() : column->second;
}

double MetricTable::Last(const std::string& name, double fallback) const {
  const std::span<const double> column = Column(name);
  for (std::size_t i = column.size(); i-- > 0;) {
    if (!std::isnan(column[i])) return column[i];
  }
  return fallback;
}

std::vector<std::string> MetricTable::Names(const std::string& prefix) const {
  std::vector<std::string> names;
  for (const auto& [name, column] : columns_) {
    if (name.starts_with(prefix)) names.push_back(name);
  }
  return names;
}

}  // namespace tengen

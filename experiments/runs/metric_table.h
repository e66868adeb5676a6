#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tengen {

// The numbers of the lines of one kind in metrics.jsonl, as columns of equal length over the
// seconds of training. Numbers inside objects are columns too: "loss.policy". A value, so that
// copies can be shared between threads.
class MetricTable {
 public:
  // Takes a line with "seconds". A run that was killed goes on from an earlier moment: rows behind
  // that moment go, since what they tell was lost.
  void Add(const nlohmann::json& line);
  // Adds a column of what `of` grows by in a second, over stretches of about `stretch_s`.
  void AddRate(const std::string& name, const std::string& of, double stretch_s);

  std::size_t rows() const { return seconds_.size(); }
  // Ascending.
  std::span<const double> seconds() const { return seconds_; }
  // NaN where a line has no such number; empty if none has. "seconds" is a column too.
  std::span<const double> Column(const std::string& name) const;
  // The newest number of a column; `fallback` where there is none.
  double Last(const std::string& name, double fallback = 0.0) const;
  // Names of the columns that begin so.
  std::vector<std::string> Names(const std::string& prefix) const;

 private:
  void Put(const std::string& name, double value);

  std::vector<double> seconds_;
  std::map<std::string, std::vector<double>> columns_;
};

}  // namespace tengen

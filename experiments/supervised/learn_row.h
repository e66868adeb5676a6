#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tengen {

// A number that a task comes to.
struct LearnRow {
  std::string name;  // plain words: "test accuracy"
  double value = 0.0;
  std::string unit;  // "%", "nats per character"; "" where the data decide
};

// What a task says last on stdout with --json:
// {"task": ..., "rows": [{"name": ..., "value": ..., "unit": ...}]}.
nlohmann::ordered_json RowsJson(const std::string& task, const std::vector<LearnRow>& rows);

}  // namespace tengen

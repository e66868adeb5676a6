#include "experiments/supervised/learn_row.h"

#include <nlohmann/json.hpp>

namespace tengen {

nlohmann::ordered_json RowsJson(const std::string& task, const std::vector<LearnRow>& rows) {
  nlohmann::ordered_json json = {{"task", task}, {"rows", nlohmann::ordered_json::array()}};
  for (const LearnRow& row : rows) {
    json["rows"].push_back({{"name", row.name}, {"value", row.value}, {"unit", row.unit}});
  }
  return json;
}

}  // namespace tengen

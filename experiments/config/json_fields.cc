#include "experiments/config/json_fields.h"

#include <algorithm>

#include "envs/core/game_options.h"
#include "envs/go/sgf_encoding.h"

namespace tengen {
namespace internal {

std::string JoinPath(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

std::string DescribeJson(const nlohmann::json& value) {
  std::string text = value.dump();
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  const char* type = value.is_string()    ? "a string"
                     : value.is_boolean() ? "a truth value"
                     : value.is_number()  ? "a number"
                     : value.is_array()   ? "a list"
                     : value.is_object()  ? "an object"
                                          : "null";
  return StrCat(text, " (", type, ")");
}

void FieldReader::Fail(const std::string& path, const nlohmann::json& met,
                       const std::string& wanted) {
  Remember(StrCat("config ", path, " is ", DescribeJson(met), ", wanted ", wanted));
}

Status FieldReader::Finish() const {
  for (const auto& [key, value] : in_.items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const std::string nearest = NearestName(key, known_);
    std::string hint;
    if (!nearest.empty()) {
      hint = StrCat("; did you mean '", JoinPath(path_, nearest), "'?");
    } else {
      for (const std::string& known : known_) hint += (hint.empty() ? "" : ", ") + known;
      hint = " (known here: " + hint + ")";
    }
    return Error{StrCat("unknown config key '", JoinPath(path_, key), "'", hint)};
  }
  if (!error_.empty()) return Error{error_};
  return Ok{};
}

}  // namespace internal

Result<nlohmann::json> ParseAssignment(const std::string& text) {
  if (!IsUtf8(text)) return Error{StrCat("--set '", text, "' is not UTF-8, wanted text that is")};
  const std::size_t equals = text.find('=');
  if (!IsUtf8(text)) {
    return Error{StrCat("--set '", text, "' holds bytes that are not UTF-8, wanted text")};
  }
  if (equals == std::string::npos || equals == 0) {
    return Error{StrCat("--set '", text, "', wanted path=value, such as selfplay.visits=64")};
  }
  const std::string value_text = text.substr(equals + 1);
  nlohmann::json value = nlohmann::json::parse(value_text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) value = value_text;
  std::string path = text.substr(0, equals);
  while (true) {
    const std::size_t dot = path.rfind('.');
    const std::string key = dot == std::string::npos ? path : path.substr(dot + 1);
    if (key.empty()) return Error{StrCat("--set '", text, "', wanted names between the dots")};
    value = nlohmann::json{{key, std::move(value)}};
    if (dot == std::string::npos) return value;
    path.resize(dot);
  }
}

std::string FirstDifference(const nlohmann::json& met, const nlohmann::json& wanted,
                            const std::string& path) {
  if (met.is_object() && wanted.is_object()) {
    for (const auto& [key, value] : met.items()) {
      const std::string inner = internal::JoinPath(path, key);
      if (!wanted.contains(key)) return StrCat(inner, " is ", value.dump(), ", wanted no such key");
      std::string difference = FirstDifference(value, wanted.at(key), inner);
      if (!difference.empty()) return difference;
    }
    for (const auto& [key, value] : wanted.items()) {
      if (met.contains(key)) continue;
      return StrCat(internal::JoinPath(path, key), " is missing, wanted ", value.dump());
    }
    return "";
  }
  if (met == wanted) return "";
  return StrCat(path, " is ", met.dump(), ", wanted ", wanted.dump());
}

}  // namespace tengen

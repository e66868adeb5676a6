#include "experiments/config/json_fields.h"

#include <algorithm>

#include "envs/core/game_options.h"
#include "envs/core/join.h"
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

Status CheckKeys(const nlohmann::json& in, const std::vector<std::string>& known,
                 const std::string& path) {
  for (const auto& [key, value] : in.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string nearest = NearestName(key, known);
    const std::string hint = nearest.empty()
                                 ? " (known here: " + Join(known) + ")"
                                 : StrCat("; did you mean '", JoinPath(path, nearest), "'?");
    return Error{StrCat("unknown config key '", JoinPath(path, key), "'", hint)};
  }
  return Ok{};
}

Status FieldReader::Finish() const {
  if (const Status keys = CheckKeys(in_, known_, path_); !keys) return keys;
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
    return Error{StrCat("--set '", text, "', wanted path=value, such as learner.batch_size=64")};
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

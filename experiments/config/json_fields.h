#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "envs/core/result.h"
#include "envs/registry/game_registry.h"

// Configs are plain structs beside their components. What makes them readable and writable as JSON
// is one list of their fields, a function found by argument-dependent lookup:
//
//   template <typename Visitor>
//   void VisitFields(Visitor& visit, MctsConfig& config) {
//     visit("c_init", config.c_init);
//     visit("root", config.root, {{"puct", RootSelection::kPuct}, ...});   // enums by name
//   }
//
// Reading changes only what the JSON names; an unknown key, a wrong type or a number that the field
// cannot hold is an error that gives its path and, where a known key is near, the name that was
// probably meant.

namespace tengen {

template <typename Enum>
struct EnumName {
  const char* name;
  Enum value;
};

namespace internal {

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

std::string JoinPath(const std::string& path, const std::string& key);
// Error: a key that is none of `known`, by its path, with the nearest name or all of them.
Status CheckKeys(const nlohmann::json& in, const std::vector<std::string>& known,
                 const std::string& path);
std::string DescribeJson(const nlohmann::json& value);  // "\"x\" (a string)"

// "a whole number from -2147483648 to 2147483647", "a number from -3.40282e+38 to 3.40282e+38".
template <typename T>
std::string NumbersOf() {
  using Limits = std::numeric_limits<T>;
  return StrCat(std::integral<T> ? "a whole number from " : "a number from ", Limits::lowest(),
                " to ", Limits::max());
}

// Empty and `field` set, or what is wanted of `in` instead.
template <typename T>
std::string ReadScalar(const nlohmann::json& in, T& field) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!in.is_boolean()) return "true or false";
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!in.is_string()) return "a string";
  } else if constexpr (std::integral<T>) {
    // JSON reads whole numbers beyond 64 bits as fractions.
    if (in.is_number_float() && std::abs(in.get<double>()) >= 0x1p63) return NumbersOf<T>();
    if (!in.is_number_integer()) return "a whole number";
    const bool fits = in.is_number_unsigned() ? std::in_range<T>(in.get<std::uint64_t>())
                                              : std::in_range<T>(in.get<std::int64_t>());
    if (!fits) return NumbersOf<T>();
  } else {
    static_assert(std::floating_point<T>);
    if (!in.is_number()) return "a number";
    if (!(std::abs(in.get<double>()) <= std::numeric_limits<T>::max())) return NumbersOf<T>();
  }
  field = in.get<T>();
  return "";
}

class FieldWriter {
 public:
  explicit FieldWriter(nlohmann::ordered_json& out) : out_(out) {}

  template <typename T>
  void operator()(const char* key, T& field) {
    if constexpr (std::is_class_v<T> && !std::is_same_v<T, std::string> && !IsVector<T>::value) {
      nlohmann::ordered_json child = nlohmann::ordered_json::object();
      FieldWriter writer(child);
      VisitFields(writer, field);
      out_[key] = std::move(child);
    } else {
      out_[key] = field;
    }
  }

  template <typename Enum>
  void operator()(const char* key, Enum& field, const std::vector<EnumName<Enum>>& names) {
    for (const auto& name : names) {
      if (name.value == field) out_[key] = name.name;
    }
  }

 private:
  nlohmann::ordered_json& out_;
};

class FieldReader {
 public:
  // REQUIRES: in is an object.
  FieldReader(const nlohmann::json& in, std::string path) : in_(in), path_(std::move(path)) {}

  template <typename T>
  void operator()(const char* key, T& field) {
    known_.emplace_back(key);
    const auto it = in_.find(key);
    if (it == in_.end()) return;
    const std::string path = JoinPath(path_, key);
    if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      const std::string wanted = ReadScalar(*it, field);
      if (!wanted.empty()) Fail(path, *it, wanted);
    } else if constexpr (IsVector<T>::value) {
      ReadVector(path, *it, field);
    } else {
      if (!it->is_object()) return Fail(path, *it, "an object");
      FieldReader reader(*it, path);
      VisitFields(reader, field);
      const Status status = reader.Finish();
      if (!status) Remember(status.error());
    }
  }

  template <typename Enum>
  void operator()(const char* key, Enum& field, const std::vector<EnumName<Enum>>& names) {
    known_.emplace_back(key);
    const auto it = in_.find(key);
    if (it == in_.end()) return;
    std::string wanted;
    std::vector<std::string> known;
    for (const auto& name : names) {
      known.emplace_back(name.name);
      if (it->is_string() && it->template get<std::string>() == name.name) {
        field = name.value;
        return;
      }
      wanted += StrCat(wanted.empty() ? "" : " or ", '"', name.name, '"');
    }
    const std::string nearest =
        it->is_string() ? NearestName(it->template get<std::string>(), known) : "";
    if (!nearest.empty()) wanted += "; did you mean \"" + nearest + "\"?";
    Fail(JoinPath(path_, key), *it, wanted);
  }

  // The first error: a wrong type, or a key that no field took.
  Status Finish() const;

 private:
  template <typename T>
  void ReadVector(const std::string& path, const nlohmann::json& in, std::vector<T>& field) {
    if (!in.is_array()) return Fail(path, in, "a list");
    field.assign(in.size(), T());
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::string wanted = ReadScalar(in[i], field[i]);
      if (!wanted.empty()) return Fail(StrCat(path, "[", i, "]"), in[i], wanted);
    }
  }
  void Fail(const std::string& path, const nlohmann::json& met, const std::string& wanted);
  void Remember(const std::string& error) {
    if (error_.empty()) error_ = error;
  }

  const nlohmann::json& in_;
  std::string path_;
  std::vector<std::string> known_;
  std::string error_;
};

}  // namespace internal

template <typename Config>
nlohmann::ordered_json ConfigToJson(const Config& config) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  internal::FieldWriter writer(out);
  Config copy = config;  // VisitFields takes it mutable, for reading
  VisitFields(writer, copy);
  return out;
}

// Overwrites the fields that `json` names. On an error `config` may be partly changed.
template <typename Config>
Status ConfigFromJson(const nlohmann::json& json, Config& config, const std::string& path = "") {
  if (!json.is_object()) {
    return Error{StrCat(path.empty() ? "config" : path, " is ", internal::DescribeJson(json),
                        ", wanted an object")};
  }
  internal::FieldReader reader(json, path);
  VisitFields(reader, config);
  return reader.Finish();
}

// Turns "a.b.c=value" into {"a": {"b": {"c": value}}}. The value is JSON, or a plain string where
// it does not parse as JSON.
Result<nlohmann::json> ParseAssignment(const std::string& text);

// The path and both values of the first difference between two configs, "" if they are equal.
std::string FirstDifference(const nlohmann::json& met, const nlohmann::json& wanted,
                            const std::string& path = "");

}  // namespace tengen

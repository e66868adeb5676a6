#pragma once

#include <string>
#include <vector>

#include "envs/core/join.h"
#include "envs/core/result.h"
#include "envs/registry/game_registry.h"

namespace tengen {

// One of the choices that people make by name.
template <typename T>
struct NamedValue {
  const char* name;
  T value;
};

template <typename T>
std::vector<std::string> NamesOf(const std::vector<NamedValue<T>>& choices) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.emplace_back(choice.name);
  return names;
}

// The choice of that name. The error gives the nearest name, or all: "unknown optimizer 'adm'; did
// you mean 'adam'? (known: ...)".
template <typename T>
Result<T> ValueByName(const char* what, const std::string& name,
                      const std::vector<NamedValue<T>>& choices) {
  for (const auto& choice : choices) {
    if (name == choice.name) return choice.value;
  }
  const std::vector<std::string> names = NamesOf(choices);
  const std::string nearest = NearestName(name, names);
  return Error{StrCat("unknown ", what, " '", name, "'",
                      nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                      " (known: ", Join(names), ")")};
}

// The name of a choice. REQUIRES: it is among them.
template <typename T>
std::string NameOf(const T& value, const std::vector<NamedValue<T>>& choices) {
  for (const auto& choice : choices) {
    if (value == choice.value) return choice.name;
  }
  TENGEN_CHECK(false, "a choice without a name");
}

}  // namespace tengen

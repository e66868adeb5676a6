#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

// KataGo's command line and configuration files, as far as they mean something here
// (https://github.com/lightvector/KataGo, cpp/configs/*.cfg).

namespace tengen {

// The arguments of a command as ours: KataGo's "-model FILE" becomes "--model FILE", a leading
// "katago" is dropped, so that "path to KataGo" may be "tengen katago". Others stay as they are.
// `arguments` begin behind the program's name.
std::vector<std::string> OursFromKataGo(std::vector<std::string> arguments);

// Keys and values of a configuration. Whoever knows a key takes it; the rest is named to people.
class KataGoConfig {
 public:
  KataGoConfig() = default;
  // Later files count more, and `overrides`, "KEY=VALUE,KEY=VALUE", count most; an empty value
  // takes the key away. "@include FILE" in a file is relative to it. Errors: a file that cannot be
  // read or is no configuration, a line or an override without '='.
  static Result<KataGoConfig> Read(const std::vector<std::string>& files,
                                   const std::vector<std::string>& overrides);

  // The value; nothing where the key is missing.
  std::optional<std::string> Take(const std::string& key);
  // As numbers and flags ("true", "False"). Errors: a value that is none, or out of range; the key
  // is named.
  Result<std::optional<double>> TakeNumber(const std::string& key, double low, double high);
  Result<std::optional<bool>> TakeFlag(const std::string& key);

  // The keys that nobody took, in alphabetical order.
  std::vector<std::string> Unused() const;

 private:
  Status ReadFile(const std::string& file, int depth);
  Status Set(std::string_view line, const std::string& where);

  std::map<std::string, std::string> values_;
};

}  // namespace tengen

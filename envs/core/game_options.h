#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Options behind the colon of a game id: "go:size=9,komi=7" has {size: 9, komi: 7}. Each option
// must be taken once by the factory; what is left over is an error that names the known ones.
class GameOptions {
 public:
  // Splits "key=value,key=value". Errors: a part without '=', a key given twice.
  static Result<GameOptions> Parse(std::string_view text);

  bool Has(std::string_view key) const;

  // Takes an option. An absent key gives `fallback`; a bad value or one out of range is remembered
  // and comes out of Finish().
  int Int(std::string_view key, int fallback, int low, int high);
  double Double(std::string_view key, double fallback, double low, double high);
  std::string Choice(std::string_view key, std::string_view fallback,
                     const std::vector<std::string>& allowed);
  // Any text; what it may be is the factory's business.
  std::string Text(std::string_view key, std::string_view fallback);

  // First error met: a bad value, or an option nobody took.
  Status Finish(std::string_view game) const;

 private:
  struct Option {
    std::string key;
    std::string value;
    bool taken = false;
  };
  const std::string* Take(std::string_view key);
  void Fail(std::string message);

  std::vector<Option> options_;
  std::vector<std::string> known_;
  std::string error_;
};

// The candidate nearest to `word` by edit distance, or "" if none is near enough to be a typo.
std::string NearestName(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tengen

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"

namespace tengen {

// The characters of a text, in the order of their code points, and their numbers. Immutable.
class Alphabet {
 public:
  // Of all characters (UTF-8) that occur. Errors: not UTF-8 (with the byte's place), fewer than two
  // different characters.
  static Result<Alphabet> Of(std::string_view text);

  int size() const { return static_cast<int>(characters_.size()); }
  // Errors: a character that it does not have, with its place; not UTF-8.
  Result<std::vector<int>> Encode(std::string_view text) const;
  // REQUIRES: 0 <= token < size().
  std::string Decode(const std::vector<int>& tokens) const;

  // A JSON list of one-character strings. Errors: not such a list, not ascending.
  nlohmann::ordered_json ToJson() const;
  static Result<Alphabet> FromJson(const nlohmann::json& json);

  bool operator==(const Alphabet&) const = default;

 private:
  std::vector<std::string> characters_;
};

// A text as numbers of an alphabet.
struct TextCorpus {
  std::string name;
  Alphabet alphabet;
  std::vector<int> train;       // the first part of the text
  std::vector<int> validation;  // the last part
};

// The usual split by position: the first floor((1 - validation_share) * n) characters are learnt
// from. The alphabet is that of the whole text. Errors: as Alphabet::Of, a part shorter than two
// characters.
Result<TextCorpus> MakeCorpus(std::string_view text, const std::string& name,
                              double validation_share = 0.1);
// Of a file, plain or gzip. Errors: it cannot be read, is empty, as above.
Result<TextCorpus> ReadCorpus(const std::filesystem::path& path, double validation_share = 0.1);

}  // namespace tengen

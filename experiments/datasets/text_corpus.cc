#include "experiments/datasets/text_corpus.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "nets/gzip_file.h"

namespace tengen {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

// Bytes of the UTF-8 character that begins at `at`; 0 where none does (RFC 3629: no overlong forms,
// no surrogates, nothing beyond U+10FFFF).
std::size_t CharacterLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) {
    return 0;
  }
  return length;
}

// Calls `visit` with every character and its place. Errors: not UTF-8.
template <typename Visit>
Status VisitCharacters(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = CharacterLength(text, at);
    if (length == 0) return Error{StrCat("byte ", at, " is no UTF-8 text")};
    if (Status status = visit(text.substr(at, length), at); !status) return status;
    at += length;
  }
  return Ok{};
}

}  // namespace

Result<Alphabet> Alphabet::Of(std::string_view text) {
  std::set<std::string, std::less<>> characters;  // byte order is code point order in UTF-8
  const Status read = VisitCharacters(text, [&](std::string_view character, std::size_t) -> Status {
    if (!characters.contains(character)) characters.emplace(character);
    return Ok{};
  });
  if (!read) return Error{read.error()};
  if (characters.size() < 2) {
    return Error{StrCat(characters.size(), " different character",
                        characters.size() == 1 ? "" : "s", ", wanted at least 2 to learn from")};
  }
  Alphabet out;
  out.characters_.assign(characters.begin(), characters.end());
  return out;
}

Result<std::vector<int>> Alphabet::Encode(std::string_view text) const {
  std::vector<int> tokens;
  const Status read =
      VisitCharacters(text, [&](std::string_view character, std::size_t at) -> Status {
        const auto it = std::lower_bound(characters_.begin(), characters_.end(), character);
        if (it == characters_.end() || *it != character) {
          return Error{StrCat("byte ", at, ": '", character, "' is none of the ",
                              characters_.size(), " characters that were learnt")};
        }
        tokens.push_back(static_cast<int>(it - characters_.begin()));
        return Ok{};
      });
  if (!read) return Error{read.error()};
  return tokens;
}

std::string Alphabet::Decode(const std::vector<int>& tokens) const {
  std::string text;
  for (const int token : tokens) {
    TENGEN_CHECK(token >= 0 && token < size(), "character ", token, " of ", size());
    text += characters_[static_cast<std::size_t>(token)];
  }
  return text;
}

nlohmann::ordered_json Alphabet::ToJson() const { return characters_; }

Result<Alphabet> Alphabet::FromJson(const nlohmann::json& json) {
  Alphabet out;
  if (!json.is_array()) return Error{"the alphabet is no list"};
  for (const nlohmann::json& entry : json) {
    const std::string text = entry.is_string() ? entry.get<std::string>() : "";
    if (text.empty() || CharacterLength(text, 0) != text.size()) {
      return Error{StrCat("the alphabet holds ",
                          entry.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace),
                          ", wanted a character")};
    }
    if (!out.characters_.empty() && text <= out.characters_.back()) {
      return Error{"the alphabet is not ascending"};
    }
    out.characters_.push_back(text);
  }
  if (out.size() < 2) return Error{StrCat("an alphabet of ", out.size(), ", wanted at least 2")};
  return out;
}

Result<TextCorpus> MakeCorpus(std::string_view text, const std::string& name,
                              double validation_share) {
  if (!(validation_share > 0.0 && validation_share < 1.0)) {
    return Error{
        StrCat("a validation part of ", validation_share, ", wanted more than 0, less than 1")};
  }
  if (text.empty()) return Error{StrCat(name, " is empty, wanted a text")};
  auto alphabet = Alphabet::Of(text);
  if (!alphabet) return Error{StrCat(name, ": ", alphabet.error())};
  const std::vector<int> tokens = *alphabet->Encode(text);
  const auto train = static_cast<std::size_t>(
      std::floor((1.0 - validation_share) * static_cast<double>(tokens.size()) + 1e-9));
  if (train < 2 || tokens.size() - train < 2) {
    return Error{
        StrCat(name, " has ", tokens.size(), " characters, wanted at least 2 in each part")};
  }
  TextCorpus corpus;
  corpus.name = name;
  corpus.alphabet = std::move(*alphabet);
  const auto middle = tokens.begin() + static_cast<std::ptrdiff_t>(train);
  corpus.train.assign(tokens.begin(), middle);
  corpus.validation.assign(middle, tokens.end());
  return corpus;
}

Result<TextCorpus> ReadCorpus(const std::filesystem::path& path, double validation_share) {
  const auto text = ReadGzipFile(path, kMaxBytes);
  if (!text) return Error{text.error()};
  return MakeCorpus(*text, path.string(), validation_share);
}

}  // namespace tengen

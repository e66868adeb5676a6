#include "envs/go/sgf_encoding.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "envs/core/check.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_charset.h"
#include "envs/go/sgf_declared.h"

namespace tengen {
namespace {

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Encodings whose characters can hide brackets. EUC has none, nor has UHC.
struct Candidate {
  const char* iconv_name;
  const char* name;  // for people
  // Whether a two-byte character is one of the everyday ones.
  bool (*common)(unsigned lead, unsigned trail);
};
constexpr Candidate kCandidates[] = {
    {"CP932", "Shift_JIS",
     [](unsigned lead, unsigned) { return lead >= 0x81U && lead <= 0x97U && lead != 0x85U; }},
    {"GB18030", "GB18030",
     [](unsigned lead, unsigned trail) {
       return trail >= 0xA1U &&
              ((lead >= 0xB0U && lead <= 0xD7U) || (lead >= 0xA1U && lead <= 0xA3U));
     }},
    {"BIG5", "Big5",
     [](unsigned lead, unsigned trail) {
       return lead >= 0xA1U && (lead <= 0xC5U || (lead == 0xC6U && trail <= 0x7EU));
     }},
};

// Share of the bytes beyond ASCII that are in everyday characters.
double Plausibility(std::string_view bytes, const Candidate& candidate) {
  double common = 0.0;
  double all = 0.0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead < 0x80U) continue;
    const auto trail = static_cast<unsigned char>(i + 1 < bytes.size() ? bytes[i + 1] : 0);
    ++all;
    if (!candidate.common(lead, trail)) continue;
    ++common;
    ++i;
  }
  return all == 0.0 ? 0.0 : common / all;
}

// Whether a byte that may be the second of a character looks like SGF's own.
bool HidesBrackets(std::string_view bytes) {
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    const bool own = bytes[i] == '\\' || bytes[i] == '[' || bytes[i] == ']';
    if (own && static_cast<unsigned char>(bytes[i - 1]) >= 0x80U) return true;
  }
  return false;
}

// What a reading lacks of a fuller one.
std::string LackText(const SgfContent& reading, const SgfContent& fuller) {
  if (reading.moves < 0) return "no game";
  if (reading.moves != fuller.moves) {
    return StrCat(reading.moves, " of ", fuller.moves, " moves");
  }
  if (reading.setup != fuller.setup) {
    return StrCat(reading.setup, " of ", fuller.setup, " values of setup");
  }
  return StrCat(reading.values, " of ", fuller.values, " values");
}

// `reading`, or the East Asian one that holds more.
SgfDecoded Fullest(std::string_view bytes, std::string reading, const std::string& name,
                   const SgfMeasure& measure) {
  SgfDecoded best = {std::move(reading), {}};
  if (!HidesBrackets(bytes)) return best;
  const SgfContent plain = measure(best.text);
  SgfContent most = plain;
  double best_plausibility = 0.0;
  for (const Candidate& candidate : kCandidates) {
    auto other = ReadCharset(bytes, candidate.iconv_name);
    if (!other || other->damaged) continue;
    const SgfContent content = measure(other->text);
    const double plausibility = Plausibility(bytes, candidate);
    if (content <= plain || content < most ||
        (content == most && plausibility <= best_plausibility)) {
      continue;
    }
    most = content;
    best_plausibility = plausibility;
    best = {std::move(other->text),
            {StrCat("read as ", candidate.name, ": as ", name, " it holds ",
                    LackText(plain, content))}};
  }
  return best;
}

struct ByteOrderMark {
  std::string_view bytes;
  const char* iconv_name;
};
constexpr ByteOrderMark kMarks[] = {
    {"\xEF\xBB\xBF", "UTF-8"}, {"\xFF\xFE", "UTF-16LE"}, {"\xFE\xFF", "UTF-16BE"}};

// The encoding that a byte order mark tells, which is taken off, or UTF-16's zero bytes; else "".
std::string TakeMark(std::string_view& bytes) {
  for (const ByteOrderMark& mark : kMarks) {
    if (!bytes.starts_with(mark.bytes)) continue;
    bytes.remove_prefix(mark.bytes.size());
    return mark.iconv_name;
  }
  if (bytes.size() < 2 || (bytes[0] == '\0') == (bytes[1] == '\0')) return "";
  return bytes[1] == '\0' ? "UTF-16LE" : "UTF-16BE";
}

// Character sets of one byte a character: any text is valid in them, so that being valid says
// nothing for them.
bool IsOfSingleBytes(const std::string& name) {
  std::string key;
  for (const char c : name) {
    if (IsAlnum(c)) key += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return key.starts_with("ISO8859") || key.starts_with("CP125") || key.starts_with("WINDOWS125") ||
         key.starts_with("KOI8");
}

// A reading as declared that is valid; another one where that holds more: a file that was saved
// anew as UTF-8, or a program that declares what it always declares.
SgfDecoded ReadValid(std::string_view bytes, std::string reading, const std::string& name,
                     const std::string& declared, const SgfMeasure& measure) {
  if (name == "UTF-8" || name.starts_with("UTF-16")) return {std::move(reading), {}};
  if (reading != bytes && IsUtf8(bytes)) {
    const SgfContent plain = measure(reading);
    const SgfContent content = measure(std::string(bytes));
    if (content <= plain) return {std::move(reading), {}};
    return {std::string(bytes),
            {StrCat("read as UTF-8: as ", SgfShown(declared), ", which it declares, it holds ",
                    LackText(plain, content))}};
  }
  if (!IsOfSingleBytes(name)) return {std::move(reading), {}};
  return Fullest(bytes, std::move(reading), SgfShown(declared), measure);
}

// The text in the encoding `name`, which it declares as `declared`. If it is not valid there,
// see SgfToUtf8.
SgfDecoded ReadDeclared(std::string_view bytes, const std::string& name,
                        const std::string& declared, const SgfMeasure& measure) {
  const bool utf8 = name == "UTF-8";
  CharsetText reading = *ReadCharset(bytes, name);
  if (!reading.damaged) {
    return ReadValid(bytes, std::move(reading.text), name, declared, measure);
  }
  const std::string note =
      StrCat("not valid in the character set ", SgfShown(declared), " that it declares, ");
  if (!name.starts_with("UTF-16") && IsUtf8(bytes)) {
    return {std::string(bytes), {note + "read as UTF-8"}};
  }
  const bool latin = utf8 && !IsMostlyUtf8(bytes);
  if (latin) reading.text = Latin1ToUtf8(bytes);
  SgfDecoded decoded = Fullest(bytes, std::move(reading.text), SgfShown(declared), measure);
  if (decoded.notes.empty()) {
    decoded.notes.push_back(note + (latin ? "read as ISO-8859-1" : "wrong bytes became U+FFFD"));
  }
  return decoded;
}

// The text without a mark, in the one encoding of all its games.
SgfDecoded ReadUnmarked(std::string_view bytes, const SgfMeasure& measure) {
  const std::string declared = DeclaredEncoding(bytes);
  const auto name = declared.empty() ? std::optional<std::string>("") : CharsetName(declared);
  if (name && !name->empty()) return ReadDeclared(bytes, *name, declared, measure);
  const bool utf8 = IsUtf8(bytes);
  const bool slips = !utf8 && IsMostlyUtf8(bytes);
  SgfDecoded decoded;
  if (utf8) {
    decoded.text = std::string(bytes);
  } else if (slips) {
    decoded = Fullest(bytes, ReadCharset(bytes, "UTF-8")->text, "UTF-8", measure);
    if (decoded.notes.empty()) {
      decoded.notes.push_back("not valid as UTF-8 everywhere: wrong bytes became U+FFFD");
    }
  } else {
    decoded = Fullest(bytes, Latin1ToUtf8(bytes), "ISO-8859-1", measure);
  }
  if (!name) {
    std::string note = StrCat("character set ", SgfShown(declared), " in CA is not known here");
    if (decoded.notes.empty()) note += StrCat(", read as ", utf8 ? "UTF-8" : "ISO-8859-1");
    decoded.notes.insert(decoded.notes.begin(), std::move(note));
  }
  return decoded;
}

}  // namespace

SgfDecoded SgfToUtf8(std::string_view bytes, const SgfMeasure& measure) {
  if (const std::string marked = TakeMark(bytes); !marked.empty()) {
    return ReadDeclared(bytes, marked, marked, measure);
  }
  SgfDecoded decoded;
  for (const std::string_view part : GamesByCharset(bytes)) {
    SgfDecoded one = ReadUnmarked(part, measure);
    decoded.text += one.text;
    for (std::string& note : one.notes) {
      const bool known =
          std::find(decoded.notes.begin(), decoded.notes.end(), note) != decoded.notes.end();
      if (!known) decoded.notes.push_back(std::move(note));
    }
  }
  return decoded;
}

}  // namespace tengen

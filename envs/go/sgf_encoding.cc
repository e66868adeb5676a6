#include "envs/go/sgf_encoding.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iconv.h>
#include <memory>
#include <optional>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Bytes of the character at the start of `text`, 0 where they are no UTF-8 (overlong forms,
// surrogates and values above U+10FFFF included). REQUIRES: text is not empty.
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return tail(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    const unsigned low = first == 0xE0U ? 0xA0U : 0x80U;
    const unsigned high = first == 0xEDU ? 0x9FU : 0xBFU;
    return byte(1) >= low && byte(1) <= high && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const unsigned low = first == 0xF0U ? 0x90U : 0x80U;
    const unsigned high = first == 0xF4U ? 0x8FU : 0xBFU;
    return byte(1) >= low && byte(1) <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// A text and whether some bytes were wrong.
struct Reading {
  std::string text;
  bool damaged = false;
};

Reading RepairUtf8(std::string_view bytes) {
  Reading reading;
  std::string& text = reading.text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = Utf8Length(bytes);
    text += length == 0 ? kReplacement : bytes.substr(0, length);
    reading.damaged = reading.damaged || length == 0;
    bytes.remove_prefix(std::max<std::size_t>(1, length));
  }
  return reading;
}

std::string Latin1ToUtf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80U) {
      text += c;
    } else {
      text += static_cast<char>(0xC0U | (byte >> 6));
      text += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return text;
}

// A conversion from one encoding, by the C library.
class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(::iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (known()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // Whether the C library knows the encoding.
  bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  Reading Convert(std::string_view bytes) {
    Reading reading;
    std::string& text = reading.text;
    std::array<char, 4096> buffer;
    char* in = const_cast<char*>(bytes.data());  // iconv's signature; it only reads
    std::size_t in_left = bytes.size();
    while (in_left > 0) {
      char* out = buffer.data();
      std::size_t out_left = buffer.size();
      const std::size_t done = ::iconv(handle_, &in, &in_left, &out, &out_left);
      const int error = errno;
      text.append(buffer.data(), buffer.size() - out_left);
      if (done != static_cast<std::size_t>(-1) || error == E2BIG) continue;
      // A wrong or cut-off character.
      text += kReplacement;
      reading.damaged = true;
      ++in;
      --in_left;
    }
    return reading;
  }

 private:
  iconv_t handle_;
};

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// The place behind the bracket of the first CA property, read as if the bytes were ASCII, or npos.
std::size_t FindProperty(std::string_view bytes) {
  std::size_t at = bytes.find('(');
  while (at != std::string_view::npos) {
    const std::size_t next = bytes.find_first_not_of(" \t\r\n\v\f", at + 1);
    if (next == std::string_view::npos || bytes[next] == ';') break;
    at = bytes.find('(', at + 1);
  }
  std::string name;
  bool inside = false;
  for (; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (inside) {
      if (c == '\\') ++at;
      inside = c != ']';
    } else if (c == '[') {
      if (name == "CA") return at + 1;
      inside = true;
    } else if (!IsSpace(c)) {
      if (!IsAlnum(c) || !IsAlnum(bytes[at - 1])) name.clear();
      if (IsAlnum(c) && std::islower(static_cast<unsigned char>(c)) == 0) name += c;
    }
  }
  return std::string_view::npos;
}

// The encoding that the text declares, without spaces; "" if there is none. All encodings that
// declare themselves so contain ASCII.
std::string DeclaredEncoding(std::string_view bytes) {
  std::size_t at = FindProperty(bytes);
  if (at == std::string_view::npos && !IsUtf8(bytes)) {
    // In some encodings the second byte of a character looks like a backslash or a bracket, which
    // can hide the property.
    at = bytes.find("CA[");
    if (at != std::string_view::npos) at += 3;
  }
  if (at == std::string_view::npos) return "";
  std::string name;
  for (const char c : bytes.substr(at, bytes.find(']', at) - at)) {
    if (!IsSpace(c) && name.size() < 60) name += c;
  }
  return name;
}

// Letters and digits in capitals: "Shift_JIS" and "shift-jis" are one name.
std::string KeyOf(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (IsAlnum(c)) key += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return key;
}

// Names (RFC 1345's, the Internet registry's and those that programs write) of encodings that the C
// library spells otherwise, or of which it knows a larger one under another name.
struct Alias {
  const char* iconv_name;
  std::string_view keys;  // between spaces
};
constexpr Alias kAliases[] = {
    {"UTF-8", " UTF8 UNICODE11UTF8 CSUTF8 UNICODEUTF8 "},
    // Whatever lies beyond ASCII was not declared.
    {"",
     " ASCII USASCII US ANSIX341968 ANSIX341986 ISO646US ISO646IRV1991 ISOIR6 CSASCII IBM367 "
     "CP367 "},
    {"ISO-8859-1",
     " ISO88591 ISO885911987 LATIN1 L1 ISOIR100 CSISOLATIN1 IBM819 CP819 88591 ANSI "},
    {"CP932",
     " SHIFTJIS SJIS XSJIS MSKANJI CSSHIFTJIS WINDOWS31J CSWINDOWS31J MS932 CP932 "
     "WINDOWS932 XMSCP932 SHIFTJISX0213 "},
    {"EUC-JP",
     " EUCJP XEUCJP XEUC UJIS EXTENDEDUNIXCODEPACKEDFORMATFORJAPANESE "
     "CSEUCPKDFMTJAPANESE EUCJPMS "},
    {"UHC",
     " EUCKR XEUCKR CSEUCKR KSC5601 KSC56011987 KSC56011989 KSX1001 CSKSC56011987 KOREAN "
     "ISOIR149 UHC CP949 MS949 WINDOWS949 XWINDOWS949 CSUHC "},
    {"GB18030",
     " GB2312 GB231280 CHINESE CSGB2312 CSISO58GB231280 ISOIR58 EUCCN XEUCCN EUCGB2312CN "
     "GBK XGBK CP936 MS936 WINDOWS936 GB18030 XGB18030 CSGB18030 GB "},
    {"BIG5", " BIG5 XXBIG5 XBIG5 CNBIG5 CSBIG5 BIG5ETEN BIGFIVE CP950 MS950 WINDOWS950 "},
};

// The library's name of an encoding; nothing if it knows none.
std::optional<std::string> LibraryName(const std::string& name) {
  const std::string key = KeyOf(name);
  for (const Alias& alias : kAliases) {
    if (alias.keys.find(" " + key + " ") != std::string_view::npos) return alias.iconv_name;
  }
  // These do not contain ASCII and so cannot have declared themselves.
  if (key.starts_with("UTF") || key.starts_with("UCS") || key.starts_with("ISO10646")) {
    return std::nullopt;
  }
  for (const std::string& spelled :
       {name, key, key.starts_with("X") ? key.substr(1) : key,
        key.starts_with("ISO8859") ? "ISO-8859-" + key.substr(7) : key}) {
    if (!spelled.empty() && Converter(spelled).known()) return spelled;
  }
  return std::nullopt;
}

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

// `reading`, or the East Asian one that gives more moves.
SgfDecoded MostMoves(std::string_view bytes, std::string reading, const std::string& name,
                     const std::function<long(const std::string&)>& count_moves) {
  SgfDecoded best = {std::move(reading), {}};
  if (!HidesBrackets(bytes)) return best;
  const long plain = count_moves(best.text);
  long most = plain;
  double best_plausibility = 0.0;
  for (const Candidate& candidate : kCandidates) {
    Converter converter(candidate.iconv_name);
    if (!converter.known()) continue;
    Reading other = converter.Convert(bytes);
    if (other.damaged) continue;
    const long moves = count_moves(other.text);
    const double plausibility = Plausibility(bytes, candidate);
    if (moves <= plain || moves < most || (moves == most && plausibility <= best_plausibility)) {
      continue;
    }
    most = moves;
    best_plausibility = plausibility;
    best = {std::move(other.text),
            {StrCat("read as ", candidate.name, ": as ", name, " it holds ",
                    plain < 0 ? "no game" : StrCat(plain, " of ", moves, " moves"))}};
  }
  return best;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

SgfDecoded SgfToUtf8(std::string_view bytes,
                     const std::function<long(const std::string&)>& count_moves) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return {RepairUtf8(bytes.substr(3)).text, {}};
  const bool two = bytes.size() >= 2;
  const bool little = bytes.starts_with("\xFF\xFE");
  if (little || bytes.starts_with("\xFE\xFF")) {
    return {Converter(little ? "UTF-16LE" : "UTF-16BE").Convert(bytes.substr(2)).text, {}};
  }
  if (two && (bytes[0] == '\0') != (bytes[1] == '\0')) {
    return {Converter(bytes[1] == '\0' ? "UTF-16LE" : "UTF-16BE").Convert(bytes).text, {}};
  }
  const std::string declared = DeclaredEncoding(bytes);
  const auto name = declared.empty() ? std::optional<std::string>("") : LibraryName(declared);
  if (name && !name->empty()) {
    Reading reading = *name == "UTF-8" ? RepairUtf8(bytes) : Converter(*name).Convert(bytes);
    if (!reading.damaged) return {std::move(reading.text), {}};
    return MostMoves(bytes, std::move(reading.text), declared, count_moves);
  }
  const bool utf8 = IsUtf8(bytes);
  SgfDecoded decoded = utf8 ? SgfDecoded{std::string(bytes), {}}
                            : MostMoves(bytes, Latin1ToUtf8(bytes), "ISO-8859-1", count_moves);
  if (!name) {
    std::string shown;
    for (const char c : declared) shown += c >= ' ' && c <= '~' ? c : '?';
    decoded.notes.insert(decoded.notes.begin(),
                         StrCat("character set '", shown, "' in CA is not known here, read as ",
                                utf8 ? "UTF-8" : "ISO-8859-1"));
  }
  return decoded;
}

}  // namespace tengen

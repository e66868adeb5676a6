#include "envs/go/sgf_charset.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iconv.h>

#include "envs/go/sgf_encoding.h"

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

CharsetText RepairUtf8(std::string_view bytes) {
  CharsetText reading;
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

  CharsetText Convert(std::string_view bytes) {
    CharsetText reading;
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

// Letters and digits in capitals: "Shift_JIS" and "shift-jis" are one name.
std::string KeyOf(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      key += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
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

// Whether the C library knows the encoding, and what SGF is written in is ASCII there. "Unicode"
// for example, which is UTF-16 to it, cannot have declared itself.
bool ContainsAscii(const std::string& encoding) {
  constexpr std::string_view kAscii =
      "(;[]\\:)ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  Converter converter(encoding);
  return converter.known() && converter.Convert(kAscii).text == kAscii;
}

}  // namespace

std::optional<CharsetText> ReadCharset(std::string_view bytes, const std::string& name) {
  if (name == "UTF-8") return RepairUtf8(bytes);
  Converter converter(name);
  if (!converter.known()) return std::nullopt;
  return converter.Convert(bytes);
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

bool IsMostlyUtf8(std::string_view bytes) {
  std::size_t right = 0;  // characters beyond ASCII
  std::size_t wrong = 0;  // bytes
  while (!bytes.empty()) {
    const std::size_t length = Utf8Length(bytes);
    right += length > 1 ? 1 : 0;
    wrong += length == 0 ? 1 : 0;
    bytes.remove_prefix(std::max<std::size_t>(1, length));
  }
  return right > 4 * wrong;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<std::string> CharsetName(const std::string& name) {
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
    if (!spelled.empty() && ContainsAscii(spelled)) return spelled;
  }
  return std::nullopt;
}

}  // namespace tengen

#include "envs/go/sgf_encoding.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iconv.h>

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

std::string RepairUtf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = Utf8Length(bytes);
    text += length == 0 ? kReplacement : bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(1, length));
  }
  return text;
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

  std::string Convert(std::string_view bytes) {
    std::string text;
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
      ++in;
      --in_left;
    }
    return text;
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

// The encoding that the text declares, in capitals; "" if there is none. All encodings that declare
// themselves so contain ASCII.
std::string DeclaredEncoding(std::string_view bytes) {
  std::size_t at = FindProperty(bytes);
  if (at == std::string_view::npos && !IsUtf8(bytes)) {
    // In some encodings the second byte of a character looks like a backslash or a bracket, which
    // can hide the property.
    at = bytes.find("CA[");
    if (at != std::string_view::npos) at += 3;
  }
  if (at == std::string_view::npos) return "";
  const std::string_view value = bytes.substr(at, bytes.find(']', at) - at);
  if (value.size() > 40) return "";
  std::string name;
  for (const char c : value) {
    if (!IsSpace(c)) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

// Names that the C library spells otherwise.
std::string LibraryName(const std::string& name) {
  if (name == "UTF8") return "UTF-8";
  if (name == "GB2312" || name == "GBK" || name == "CP936") return "GB18030";  // contains both
  if (name.starts_with("ISO8859_")) return "ISO-8859-" + name.substr(8);
  return name;
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

std::string SgfToUtf8(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return RepairUtf8(bytes.substr(3));
  if (bytes.starts_with("\xFF\xFE")) return Converter("UTF-16LE").Convert(bytes.substr(2));
  if (bytes.starts_with("\xFE\xFF")) return Converter("UTF-16BE").Convert(bytes.substr(2));
  const std::string name = LibraryName(DeclaredEncoding(bytes));
  if (name == "UTF-8") return RepairUtf8(bytes);
  // Encodings that do not contain ASCII cannot have declared themselves.
  if (!name.empty() && !name.starts_with("UTF-") && !name.starts_with("UCS")) {
    Converter converter(name);
    if (converter.known()) return converter.Convert(bytes);
  }
  return IsUtf8(bytes) ? std::string(bytes) : Latin1ToUtf8(bytes);
}

}  // namespace tengen

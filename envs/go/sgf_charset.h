#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tengen {

// Character sets as the C library (iconv) has them, for records (sgf_encoding.h).

struct CharsetText {
  std::string text;      // UTF-8; wrong bytes became U+FFFD
  bool damaged = false;  // there were some
};

// The text in the character set, one of the C library's names or UTF-8; nothing where it is not
// known.
std::optional<CharsetText> ReadCharset(std::string_view bytes, const std::string& name);
std::string Latin1ToUtf8(std::string_view bytes);

// Whether the bytes are UTF-8 with a slip here and there, as a name that was cut off inside a
// character. Other encodings hit on valid characters too, but on fewer.
bool IsMostlyUtf8(std::string_view bytes);

// The C library's name of a character set, by RFC 1345's names and the usual others; "" for ASCII;
// nothing where it is not known, or has other signs in the place of ASCII's.
std::optional<std::string> CharsetName(const std::string& name);

}  // namespace tengen

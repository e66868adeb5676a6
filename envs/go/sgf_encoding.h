#pragma once

#include <string>
#include <string_view>

namespace tengen {

// The text of an SGF file as UTF-8, without byte order mark. The encoding is, in this order: a byte
// order mark's; the first CA property's, where this machine knows it; UTF-8 if the bytes are valid;
// ISO-8859-1. Bytes that are wrong in it become U+FFFD.
std::string SgfToUtf8(std::string_view bytes);

bool IsUtf8(std::string_view text);

}  // namespace tengen

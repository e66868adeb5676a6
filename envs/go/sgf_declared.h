#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tengen {

// What the games of an SGF text declare of their character sets, for texts whose bytes contain
// ASCII as it is (sgf_encoding.h).

// The first CA, without spaces; "" if there is none.
std::string DeclaredEncoding(std::string_view bytes);

// The text in parts, in order, of games that declare one character set; neighbours of the same are
// together. Games that declare none go with those before, the first ones with those behind. One
// part at least.
std::vector<std::string_view> GamesByCharset(std::string_view bytes);

}  // namespace tengen

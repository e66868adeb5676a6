#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tengen {

// The text of an SGF file as UTF-8, without byte order mark.
struct SgfDecoded {
  std::string text;
  std::vector<std::string> notes;  // a declaration that did not hold, a guess; a sentence each
};

// The encoding is, in this order: a byte order mark's; UTF-16 by its zero bytes; the first CA
// property's, by RFC 1345's names and the usual others, where the C library knows it; UTF-8 if the
// bytes are valid; ISO-8859-1. Bytes that are wrong in it become U+FFFD.
//
// In Shift-JIS, GB and Big5 the second byte of a character may look like a backslash or a bracket,
// so that a text read as something else loses moves. Where nothing is declared, or the text is not
// valid in what is, the East Asian encoding that gives more moves is taken. `count_moves`: of a
// text, -1 where it is no SGF; asked for such texts only.
SgfDecoded SgfToUtf8(std::string_view bytes,
                     const std::function<long(const std::string&)>& count_moves);

bool IsUtf8(std::string_view text);

}  // namespace tengen

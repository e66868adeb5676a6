#pragma once

#include <compare>
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

// What a text holds as SGF. More is better, the first number first.
struct SgfContent {
  long moves = -1;  // -1 where it is no SGF
  long setup = 0;   // values of AB, AW and AE
  long values = 0;  // of all properties

  auto operator<=>(const SgfContent&) const = default;
};
using SgfMeasure = std::function<SgfContent(const std::string& text)>;

// The encoding is, in this order: a byte order mark's; UTF-16 by its zero bytes; that of the game's
// CA, or of the game before it that has one, or of the first that has (sgf_declared.h), by RFC
// 1345's names and the usual others, where the C library knows it and ASCII is part of it; UTF-8 if
// the bytes are valid, but for slips, of which a note tells; ISO-8859-1.
//
// Where the bytes are not valid in what is declared, a note says so and how they are read: as UTF-8
// if they are that; as ISO-8859-1, which loses nothing, if UTF-8 was declared and more than slips
// are wrong; else as declared, the wrong bytes become U+FFFD.
//
// In Shift-JIS, GB and Big5 the second byte of a character may look like a backslash or a bracket,
// so that a text read as something else loses moves, stones or names. Where nothing is declared, or
// the text is not valid in what is, or anything is valid there (a byte a character), the East Asian
// encoding that gives more content is taken, with a note. So is UTF-8 where the bytes are that,
// something else is declared and holds less. `measure` is asked for such texts only.
SgfDecoded SgfToUtf8(std::string_view bytes, const SgfMeasure& measure);

bool IsUtf8(std::string_view text);

}  // namespace tengen

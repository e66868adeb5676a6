#include "experiments/viewer/window/needed_glyphs.h"

#include <cstddef>

namespace tengen {
namespace {

// Takes a character off the front; 0 for bytes that are none.
unsigned TakeCharacter(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more == 0 || text.size() < more) return 0;
  unsigned character = first & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return 0;
    character = character << 6 | (next & 0x3fU);
  }
  text.remove_prefix(more);
  return character;
}

}  // namespace

void NeededGlyphs::Need(std::string_view text) {
  while (!text.empty()) {
    const unsigned character = TakeCharacter(text);
    if (character < 0x80 || character > 0xfffd || held_(character)) continue;
    if (characters_.insert(static_cast<unsigned short>(character)).second) news_ = true;
  }
}

std::vector<unsigned short> NeededGlyphs::Ranges() const {
  std::vector<unsigned short> ranges;
  for (const unsigned short character : characters_) {
    if (!ranges.empty() && ranges.back() + 1 == character) {
      ranges.back() = character;
    } else {
      ranges.insert(ranges.end(), {character, character});
    }
  }
  ranges.push_back(0);
  return ranges;
}

}  // namespace tengen

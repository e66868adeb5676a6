#pragma once

#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace tengen {

// The characters of texts that come from files and people and that the window's own font does not
// hold, such as Chinese names. A font for all of them is some 30,000 pictures, so pictures are made
// of those that were needed. Not thread-safe.
class NeededGlyphs {
 public:
  // `held`: whether the window's own font holds a character.
  explicit NeededGlyphs(bool (*held)(unsigned character)) : held_(held) {}

  // Takes the characters of a text in UTF-8, of the basic multilingual plane; bytes that are none
  // are passed over.
  void Need(std::string_view text);

  // Whether something is needed that was not when this was last asked.
  bool TakeNews() { return std::exchange(news_, false); }
  bool empty() const { return characters_.empty(); }
  // First and last of each stretch, ascending, then 0: as Dear ImGui takes them.
  std::vector<unsigned short> Ranges() const;

 private:
  bool (*held_)(unsigned character);
  std::set<unsigned short> characters_;
  bool news_ = false;
};

}  // namespace tengen

#include "agents/gtp/gtp_point.h"

#include <charconv>

namespace tengen {

Result<Action> ParseGtpPoint(const GoGame& game, std::string_view text) {
  if (text.empty() || text.front() != '(') return game.ParseAction(text);
  const auto [rows, columns] = game.spec().shape;
  int x = -1;
  int y = -1;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + 1, end, x);
  const bool comma = first.ec == std::errc() && first.ptr != end && *first.ptr == ',';
  const auto second = comma ? std::from_chars(first.ptr + 1, end, y) : first;
  if (!comma || second.ec != std::errc() || second.ptr + 1 != end || *second.ptr != ')' || x < 0 ||
      x >= columns || y < 0 || y >= rows) {
    return Error{
        StrCat("point '", text.substr(0, 30), "', wanted (x,y) below (", columns, ",", rows, ")")};
  }
  return static_cast<Action>(y * columns + x);
}

}  // namespace tengen

#include "envs/core/game.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iomanip>
#include <sstream>

namespace tengen {

Action GameSpec::MapAction(Symmetry symmetry, Action action) const {
  switch (policy) {
    case PolicyLayout::kPoints:
      return symmetry.Map(shape, action);
    case PolicyLayout::kPointsAndPass:
      return action == shape.points() ? action : symmetry.Map(shape, action);
    case PolicyLayout::kColumns:
      return (symmetry.index() & Symmetry::kFlipColumns) != 0 ? shape.columns - 1 - action : action;
    case PolicyLayout::kDense:
      return action;
  }
  TENGEN_CHECK(false, "policy layout ", static_cast<int>(policy));
}

namespace {

char ColumnLetter(int column) { return static_cast<char>('A' + column); }

// A whole number that fills all of `text`, or -1.
int ParseNumber(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0 ? number : -1;
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

// The point called `text`, e.g. "C3", or -1.
int ParsePoint(BoardShape shape, std::string_view text) {
  if (text.empty()) return -1;
  const int column = std::toupper(static_cast<unsigned char>(text[0])) - 'A';
  const int row = ParseNumber(text.substr(1)) - 1;
  if (column < 0 || column >= shape.columns || row < 0 || row >= shape.rows) return -1;
  return row * shape.columns + column;
}

}  // namespace

std::string Game::ActionText(Action action) const {
  TENGEN_CHECK(action >= 0 && action < spec_.num_actions, "action ", action, ", wanted 0 to ",
               spec_.num_actions - 1);
  switch (spec_.policy) {
    case PolicyLayout::kPointsAndPass:
      if (action == spec_.shape.points()) return "pass";
      [[fallthrough]];
    case PolicyLayout::kPoints:
      return StrCat(ColumnLetter(action % spec_.shape.columns), action / spec_.shape.columns + 1);
    case PolicyLayout::kColumns:
      return std::to_string(action + 1);
    case PolicyLayout::kDense:
      break;
  }
  return std::to_string(action);
}

Result<Action> Game::ParseAction(std::string_view text) const {
  const bool on_points =
      spec_.policy == PolicyLayout::kPoints || spec_.policy == PolicyLayout::kPointsAndPass;
  if (spec_.policy == PolicyLayout::kPointsAndPass && EqualIgnoringCase(text, "pass")) {
    return spec_.shape.points();
  }
  int action = on_points ? ParsePoint(spec_.shape, text) : ParseNumber(text);
  if (spec_.policy == PolicyLayout::kColumns) --action;
  if (action < 0 || action >= spec_.num_actions) {
    return Error{StrCat("move '", text, "', wanted one from ", ActionText(0), " to ",
                        ActionText(spec_.num_actions - 1))};
  }
  return action;
}

std::string BoardText(const State& state) {
  const BoardShape shape = state.game().spec().shape;
  std::vector<Cell> board(static_cast<std::size_t>(shape.points()));
  state.Board(board);
  const int margin = shape.rows < 10 ? 1 : 2;
  std::ostringstream text;
  text << std::setw(margin) << "";
  for (int column = 0; column < shape.columns; ++column) text << ' ' << ColumnLetter(column);
  for (int row = 0; row < shape.rows; ++row) {
    text << '\n' << std::setw(margin) << row + 1;
    for (int column = 0; column < shape.columns; ++column) {
      const Cell cell = board[static_cast<std::size_t>(row * shape.columns + column)];
      text << ' ' << (cell == Cell::kEmpty ? '.' : cell == Cell::kFirst ? 'X' : 'O');
    }
  }
  text << '\n';
  return text.str();
}

}  // namespace tengen

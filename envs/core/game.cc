#include "envs/core/game.h"

#include <charconv>

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

std::string Game::ActionText(Action action) const { return std::to_string(action); }

Result<Action> Game::ParseAction(std::string_view text) const {
  Action action = kNoAction;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), action);
  if (error != std::errc() || end != text.data() + text.size() || action < 0 ||
      action >= spec_.num_actions) {
    return Error{StrCat("move '", text, "', wanted a number from 0 to ", spec_.num_actions - 1)};
  }
  return action;
}

}  // namespace tengen

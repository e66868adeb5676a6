#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "agents/alphago/linear_policy.h"
#include "envs/registry/game_registry.h"

namespace tengen {

// A policy with one pattern: on 3x3, of a corner with an opponent's stone in the centre before it,
// as White meets it when Black has taken the centre.
struct CornerPattern {
  LinearPolicy policy;  // all weights 0
  std::size_t number;   // of the pattern's weight
};
inline CornerPattern PatternOfTheCorner() {
  const auto game = MakeGame("go:size=3").value();
  const auto state = game->NewState();
  state->Apply(4);
  std::vector<MoveCodes> codes;
  FindMoveCodes(static_cast<const GoState&>(*state), LinearMoves::kLegal, codes);
  LinearWords words;
  words.patterns = {static_cast<std::int32_t>(Canonical(SwapPlayers(codes[0].pattern)))};
  LinearPolicy policy(std::make_shared<LinearFeatures>(words));
  const auto number = static_cast<std::size_t>(
      policy.features->Pattern(codes[0].pattern)[static_cast<std::size_t>(Player::kSecond)]);
  return {std::move(policy), number};
}

}  // namespace tengen

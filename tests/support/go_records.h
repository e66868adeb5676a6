#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"

namespace tengen {

// A game to the end whose moves `choose` takes.
inline GameRecord PlayedRecord(const std::string& id,
                               const std::function<Action(const GoState&)>& choose) {
  const auto game = MakeGame(id).value();
  const auto state = game->NewState();
  GameRecord record;
  record.game_id = id;
  while (!state->IsTerminal()) {
    RecordedPly ply;
    ply.action = choose(static_cast<const GoState&>(*state));
    record.plies.push_back(ply);
    state->Apply(ply.action);
  }
  record.return_first = static_cast<float>(state->Return(Player::kFirst));
  return record;
}

// Uniformly random legal moves; the pass where nothing else is left, or once in 50 moves.
inline GameRecord RandomGoRecord(const std::string& id, Rng& rng) {
  return PlayedRecord(id, [&rng](const GoState& state) {
    std::vector<Action> legal;
    state.LegalActions(legal);
    if (legal.size() == 1 || rng.Below(50) == 0) return legal.back();
    return legal[rng.Below(static_cast<std::uint32_t>(legal.size() - 1))];
  });
}

}  // namespace tengen

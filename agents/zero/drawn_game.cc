#include "agents/zero/drawn_game.h"

namespace tengen {

std::shared_ptr<const Game> DrawnGame(std::span<const std::shared_ptr<const Game>> games,
                                      std::uint64_t seed, std::uint64_t number, Rng& rng) {
  const auto& game = games[rng.Below(static_cast<std::uint32_t>(games.size()))];
  auto own = game->WithStart(static_cast<std::uint32_t>(Mix64(seed + Mix64(number))));
  return own ? own : game;
}

}  // namespace tengen

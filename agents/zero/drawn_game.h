#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "envs/core/game.h"
#include "envs/core/rng.h"

namespace tengen {

// The game that number `number` of a run plays: one of `games`, drawn by the first number of `rng`,
// and where its starts are drawn, with a start of its own (Game::WithStart). `rng` is Rng(seed,
// RngRole::kSelfPlay, number) at its beginning. REQUIRES: games is not empty.
std::shared_ptr<const Game> DrawnGame(std::span<const std::shared_ptr<const Game>> games,
                                      std::uint64_t seed, std::uint64_t number, Rng& rng);

}  // namespace tengen

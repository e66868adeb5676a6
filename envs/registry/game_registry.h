#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/game_options.h"
#include "envs/core/result.h"

namespace tengen {

// Makes a game from an id: a name, or "name:key=value,...". Unknown names, options and values are
// errors that say what is wanted. Thread-safe.
Result<std::shared_ptr<const Game>> MakeGame(std::string_view id);

// One line of `tengen games` and one instance of the conformance suite.
struct RegisteredGame {
  std::string name;
  std::string summary;  // one sentence with its options
  Result<std::shared_ptr<const Game>> (*make)(GameOptions options);
  std::vector<std::string> example_ids;  // run through the conformance suite
};

// All games, in the order of the table in game_registry.cc. To add a game, add a row there.
const std::vector<RegisteredGame>& RegisteredGames();

}  // namespace tengen

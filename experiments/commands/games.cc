#include <cstdio>

#include <CLI/CLI.hpp>

#include "envs/registry/game_registry.h"
#include "experiments/commands/commands.h"

namespace tengen {

void AddGamesCommand(CLI::App& app) {
  app.add_subcommand("games", "List the games and their options")->callback([] {
    for (const RegisteredGame& game : RegisteredGames()) {
      std::printf("%-12s %s\n             e.g. %s\n", game.name.c_str(), game.summary.c_str(),
                  game.example_ids.back().c_str());
    }
  });
}

}  // namespace tengen

#include "experiments/commands/learn.h"

#include <CLI/CLI.hpp>

#include "experiments/commands/commands.h"

namespace tengen {

void AddLearnCommand(CLI::App& app) {
  CLI::App* learn = app.add_subcommand(kLearnText.name, kLearnText.summary);
  learn->require_subcommand(1);
  AddLearnGoPolicy(*learn);
}

}  // namespace tengen

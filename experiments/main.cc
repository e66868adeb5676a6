#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include <CLI/CLI.hpp>

#include "envs/core/check.h"
#include "experiments/commands/commands.h"
#include "experiments/usage_error.h"

// tengen COMMAND ...: a table of commands, and the one place where errors become exit codes:
// 0 done, 1 the world failed, 2 wrong use.

namespace {

int Fail(const char* what, int code) {
  std::fprintf(stderr, "tengen: %s\n", what);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Tengen: train game players by self-play, and match, measure and inspect them.\n"
      "Start with: tengen train go5");
  app.require_subcommand(1);
  app.set_version_flag("--version", "tengen 0.1.0");
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    return "tengen: " + std::string(error.what()) + "\nSee '" +
           (failed->get_name().empty() ? "tengen" : "tengen " + failed->get_name()) + " --help'.\n";
  });
  tengen::AddTrainCommand(app);
  tengen::AddMatchCommand(app);
  tengen::AddLadderCommand(app);
  tengen::AddExhaustiveCommand(app);
  tengen::AddAccuracyCommand(app);
  tengen::AddRecordsCommand(app);
  tengen::AddPerftCommand(app);
  tengen::AddBenchCommand(app);
  tengen::AddGamesCommand(app);
  try {
    app.parse(argc, argv);  // runs the command
    return 0;
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  } catch (const tengen::UsageError& error) {
    return Fail(error.what(), 2);
  } catch (const tengen::WorldError& error) {
    return Fail(error.what(), 1);
  } catch (const std::bad_alloc&) {
    return Fail("out of memory", 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tengen: internal error: %s\n", error.what());
    return 1;
  }
}

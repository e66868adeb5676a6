#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "envs/core/check.h"
#include "envs/registry/game_registry.h"
#include "experiments/commands/commands.h"
#include "experiments/config/usage_error.h"
#include "nets/allocation.h"

// tengen COMMAND ...: a table of commands, and the one place where errors become exit codes:
// 0 done, 1 the world failed, 2 wrong use.

namespace {

// CLI11 only says that a command is missing; people want to know which word was wrong.
void RequireKnownCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return;
  const std::string nearest = tengen::NearestName(argv[1], names);
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
  throw tengen::UsageError(tengen::StrCat(
      "unknown command '", argv[1], "'", nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
      " (known: ", known, ")"));
}

int Fail(const char* what, int code) {
  std::fprintf(stderr, "tengen: %s\n", what);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  tengen::KeepFreedMemory();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of writing, with a sentence
  CLI::App app(
      "Tengen: train game players by self-play, and match, measure and inspect them.\n"
      "Start with: tengen train go5",
      "tengen");
  app.require_subcommand(1);
  app.set_version_flag("--version", "tengen 0.1.0");
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    return "tengen: " + std::string(error.what()) + "\nSee '" +
           (failed->get_parent() == nullptr ? "tengen" : "tengen " + failed->get_name()) +
           " --help'.\n";
  });
  tengen::AddTrainCommand(app);
  tengen::AddRlCommand(app);
  tengen::AddMatchCommand(app);
  tengen::AddLadderCommand(app);
  tengen::AddExhaustiveCommand(app);
  tengen::AddAccuracyCommand(app);
  tengen::AddEpisodesCommand(app);
  tengen::AddRecordsCommand(app);
  tengen::AddReportCommand(app);
  tengen::AddPerftCommand(app);
  tengen::AddBenchCommand(app);
  tengen::AddGtpCommand(app);
  tengen::AddSgfCommand(app);
  tengen::AddEnvCommand(app);
  tengen::AddAnalyzeCommand(app);
  tengen::AddAnalysisCommand(app);
  tengen::AddNetsCommand(app);
  tengen::AddGamesCommand(app);
  tengen::AddViewCommand(app);
  try {
    RequireKnownCommand(app, argc, argv);
    app.parse(argc, argv);  // runs the command
    // What a command printed and nobody could take is lost.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      return Fail("cannot write to standard output", 1);
    }
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

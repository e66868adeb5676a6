#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "envs/core/join.h"
#include "envs/registry/game_registry.h"
#include "experiments/commands/commands.h"
#include "experiments/commands/run_with_networks.h"
#include "experiments/config/katago_config.h"
#include "experiments/config/usage_error.h"
#include "experiments/config/version.h"
#include "experiments/players/open_network.h"
#include "nets/allocation.h"

// tengen COMMAND ...: a table of commands, and the one place where errors become exit codes:
// 0 done, 1 the world failed, 2 wrong use. Two programs begin here, `tengen` without LibTorch and
// `tengen-nets` with it; for people they are one.

namespace {

// CLI11 only says that a command is missing; people want to know which word was wrong.
void RequireKnownCommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].starts_with('-')) return;
  const std::string& command = arguments[0];
  std::vector<std::string> names;
  for (const CLI::App* known : app.get_subcommands({})) names.push_back(known->get_name());
  if (std::find(names.begin(), names.end(), command) != names.end()) return;
  const std::string nearest = tengen::NearestName(command, names);
  throw tengen::UsageError(tengen::StrCat(
      "unknown command '", command, "'", nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
      " (known: ", tengen::Join(names), ")"));
}

// Of a process that was started with a standard stream closed, the first files that it opens take
// their place, and what it prints goes into them.
void OpenClosedStreams() {
  int descriptor = 0;
  while (descriptor >= 0 && descriptor <= STDERR_FILENO) descriptor = ::open("/dev/null", O_RDWR);
  if (descriptor > STDERR_FILENO) ::close(descriptor);
}

// "tengen records verify", the command that CLI11 could not parse.
std::string CommandText(const CLI::App& app) {
  std::string text = "tengen";
  for (const CLI::App* command = &app; !command->get_subcommands().empty();) {
    command = command->get_subcommands().front();
    text += " " + command->get_name();
  }
  return text;
}

int Fail(const char* what, int code) {
  std::fprintf(stderr, "tengen: %s\n", what);
  return code;
}

// "File name too long: /some/path", without the names of functions.
std::string TextOf(const std::filesystem::filesystem_error& error) {
  const std::string path = error.path1().string();
  return error.code().message() + (path.empty() ? "" : ": " + path);
}

void AddCommands(CLI::App& app) {
  tengen::AddTrainCommand(app);
  tengen::AddLearnerCommand(app);
  tengen::AddWorkerCommand(app);
  tengen::AddRelayCommand(app);
  tengen::AddStatusCommand(app);
  tengen::AddRlCommand(app);
  tengen::AddLearnCommand(app);
  tengen::AddPredictCommand(app);
  tengen::AddMatchCommand(app);
  tengen::AddLadderCommand(app);
  tengen::AddAblateCommand(app);
  tengen::AddCombinationsCommand(app);
  tengen::AddExhaustiveCommand(app);
  tengen::AddKomiCommand(app);
  tengen::AddAccuracyCommand(app);
  tengen::AddEpisodesCommand(app);
  tengen::AddRecordsCommand(app);
  tengen::AddReportCommand(app);
  tengen::AddPerftCommand(app);
  tengen::AddBenchCommand(app);
  tengen::AddGtpCommand(app);
  tengen::AddBenchmarkCommand(app);
  tengen::AddSgfCommand(app);
  tengen::AddEnvCommand(app);
  tengen::AddAnalyzeCommand(app);
  tengen::AddAnalysisCommand(app);
  tengen::AddNetsCommand(app);
  tengen::AddGamesCommand(app);
  tengen::AddDataCommand(app);
  tengen::AddViewCommand(app);
}

// What was printed and nobody could take is lost.
int AfterPrinting() {
  if (std::cout.flush().fail() || std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return Fail("cannot write to standard output", 1);
  }
  return 0;
}

int Run(CLI::App& app, int argc, char** argv) {
  try {
    std::vector<std::string> arguments =
        tengen::OursFromKataGo(std::vector<std::string>(argv + 1, argv + argc));
    if (!arguments.empty() && arguments[0] == "version") {
      std::printf("Tengen v%s\nGit revision: %s\n", tengen::kVersion, tengen::kCommit);
      return AfterPrinting();
    }
    RequireKnownCommand(app, arguments);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    app.parse(std::move(arguments));                   // runs the command
    return AfterPrinting();
  } catch (const tengen::NeedsNetworks& needed) {
    tengen::RunWithNetworks(needed.what(), argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? AfterPrinting() : 2;
  }
}

}  // namespace

int main(int argc, char** argv) {
  OpenClosedStreams();
  tengen::KeepFreedMemory();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of writing, with a sentence
  ::prctl(PR_SET_NAME, "tengen");  // exec named it after the file, which may be tengen-nets
  CLI::App app(
      "Tengen: train game players by self-play, and match, measure and inspect them.\n"
      "Start with: tengen train go5",
      "tengen");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("tengen ") + tengen::kVersion);
  app.failure_message([](const CLI::App* root, const CLI::Error& error) {
    return tengen::StrCat("tengen: ", error.what(), "\nSee '", CommandText(*root), " --help'.\n");
  });
  AddCommands(app);
  try {
    return Run(app, argc, argv);
  } catch (const tengen::UsageError& error) {
    return Fail(error.what(), 2);
  } catch (const tengen::WorldError& error) {
    return Fail(error.what(), 1);
  } catch (const std::filesystem::filesystem_error& error) {
    return Fail(TextOf(error).c_str(), 1);
  } catch (const std::bad_alloc&) {
    return Fail("out of memory", 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tengen: internal error: %s\n", error.what());
    return 1;
  }
}

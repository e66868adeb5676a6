#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/alphago/alphago_page.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/config/shell_word.h"
#include "experiments/report/report_page.h"
#include "experiments/report/sample_games.h"
#include "experiments/report/tensorboard.h"
#include "experiments/runs/run_contents.h"
#include "experiments/supervised/learn_page.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

struct ReportOptions {
  std::string run;
  std::string output;
  int games = 24;
  bool tensorboard = false;
  bool json = false;
};

std::string Today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  ::gmtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

// The page of a supervised run.
std::string PageOfLearnRun(const std::filesystem::path& folder, const ReportOptions& options) {
  if (options.tensorboard) {
    throw UsageError(StrCat(folder.string(),
                            " is a run of 'learn', wanted one of 'train' or 'rl' for "
                            "--tensorboard"));
  }
  return LearnPage(OrUsageError(ReadLearnRun(folder)), Today());
}

void RunReport(const ReportOptions& options) {
  std::filesystem::path folder = options.run;
  if (!folder.has_filename() && folder.has_parent_path()) folder = folder.parent_path();
  const std::filesystem::path file =
      options.output.empty() ? folder / "report.html" : std::filesystem::path(options.output);
  std::error_code ignored;  // what is wrong with the name is said by those who read or write
  if (std::filesystem::is_directory(file, ignored)) {
    throw UsageError(StrCat("--output ", file.string(), " is a folder, wanted a file"));
  }
  const bool supervised = IsLearnRun(folder);
  RunContents run;
  std::string page;
  if (supervised) {
    page = PageOfLearnRun(folder, options);
  } else if (IsAlphaGoRun(folder)) {
    if (options.tensorboard) {
      throw UsageError(
          StrCat(folder.string(), " has stages, wanted one of them for --tensorboard"));
    }
    const auto games = static_cast<std::size_t>(options.games);
    page = AlphaGoPage(OrUsageError(ReadAlphaGoRun(folder, games)), Today());
  } else {
    run = OrUsageError(ReadRun(folder));
    page = ReportPage(run, SampleGames(folder / "games", static_cast<std::size_t>(options.games)),
                      Today());
  }
  WriteFileAtomically(file, page);
  std::fprintf(stderr, "%s: %.0f kB, open it in a browser\n", file.c_str(),
               static_cast<double>(page.size()) / 1000.0);
  nlohmann::ordered_json facts = {{"report", file.string()}, {"bytes", page.size()}};
  if (options.tensorboard) {
    const std::filesystem::path written = WriteTensorBoard(run);
    std::fprintf(stderr, "for TensorBoard: tensorboard --logdir %s\n",
                 ShellWord(written.string()).c_str());
    facts["tensorboard"] = written.string();
  }
  if (options.json) PrintJsonLine(facts);
}

}  // namespace

void AddReportCommand(CLI::App& app) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand(kReportText.name, kReportText.summary);
  command->footer(
      "The page is one file without anything from elsewhere, under 2 MB. The run may go on\n"
      "meanwhile. `tengen ladder --run RUN --game GAME --json > RUN/ladder.json` adds a table.");
  command->add_option("run", options->run, "Run folder of 'train', 'rl' or 'learn'")->required();
  command->add_option("--output", options->output, "File to write (default: RUN/report.html)");
  command->add_option("--games", options->games, "Sample games at most, evenly over the run")
      ->capture_default_str()
      ->check(CLI::Range(0, 200));
  command->add_flag("--tensorboard", options->tensorboard,
                    "Also write RUN/tensorboard/ with event files of all numbers");
  command->add_flag("--json", options->json, "Last line on stdout: file names and size as JSON");
  command->callback([options] { RunReport(*options); });
}

}  // namespace tengen

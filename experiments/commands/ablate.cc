#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/study/claim.h"
#include "experiments/study/study_page.h"
#include "experiments/study/study_runner.h"
#include "experiments/study/study_table.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

struct AblateOptions {
  std::string study;
  std::string folder;
  std::string program;
  bool again = false;
  bool table = false;
  bool json = false;
};

fs::path ThisProgram() {
  std::error_code error;
  const auto self = fs::read_symlink("/proc/self/exe", error);
  if (error) throw WorldError("cannot find this program, wanted --program");
  return self;
}

// What is there of a study, as it is shown.
struct Tables {
  StudyResults results;
  std::string text;
  nlohmann::ordered_json json;
};

// Of runners that end together the last to write has seen the results of all.
Tables WriteTables(const StudyRunner& runner) {
  const fs::path& folder = runner.place().folder;
  const Claim alone(runner.place().lock(), Claim::IfTaken::kWait);
  Tables tables;
  tables.results = runner.Results();
  tables.text = StudyTable(runner.study(), runner.game(), tables.results);
  tables.json = StudyTableJson(runner.study(), runner.game(), tables.results);
  WriteFileAtomically(folder / "table.md", tables.text);
  WriteFileAtomically(folder / "table.json", tables.json.dump(2) + "\n");
  WriteFileAtomically(folder / "study.html",
                      StudyPage(runner.study(), runner.game(), tables.results));
  return tables;
}

void RunAblate(const AblateOptions& options) {
  const Study study = OrUsageError(ReadStudy(options.study));
  const fs::path folder = options.folder.empty() ? "runs/study-" + study.name : options.folder;
  StudyRunner runner(study, folder,
                     options.program.empty() ? ThisProgram() : fs::path(options.program));
  const std::atomic<bool> at_once{true};
  const auto say = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  runner.Go(options.again ? FailedRuns::kMakeAgain : FailedRuns::kKeep,
            options.table ? at_once : StopRequested(), say);
  const auto [results, table, json] = WriteTables(runner);
  std::fprintf(AnswerStream(options.json), "%s", table.c_str());
  say(StrCat("written: ", (folder / "table.md").string(), ", table.json, study.html",
             results.left > 0 ? "; the same command goes on" : ""));
  if (options.json) PrintJsonLine(json);
  const auto failed = [](const StudyRun& run) { return !run.failure.empty(); };
  if (!results.runs.empty() && std::all_of(results.runs.begin(), results.runs.end(), failed)) {
    throw WorldError(StrCat("every run of the study failed; ", (folder / "logs").string(),
                            " holds what they said"));
  }
}

}  // namespace

void AddAblateCommand(CLI::App& app) {
  auto options = std::make_shared<AblateOptions>();
  CLI::App* command = app.add_subcommand(
      "ablate",
      "Train variants of a preset from several seeds and compare them: a table with intervals, and "
      "a page. Goes on by itself; runners that share a folder share the work");
  command->add_option("study", options->study, "JSON file, such as experiments/studies/*.json")
      ->required();
  command->add_option("--folder", options->folder, "Where it is made (default: runs/study-NAME)");
  command->add_flag("--again", options->again, "Make runs again that failed");
  command->add_flag("--table", options->table, "Only write the table of what is there");
  command->add_option("--program", options->program,
                      "The tengen that trains and plays (default: this one)");
  command->add_flag("--json", options->json, "Last line on stdout: the table as JSON");
  command->callback([options] { RunAblate(*options); });
}

}  // namespace tengen

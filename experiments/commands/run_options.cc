#include "experiments/commands/run_options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"

namespace tengen {

void AddRunOptions(CLI::App& command, RunOptions& options, const RunOptionTexts& texts) {
  command.add_option("--run-dir", options.run_dir, "Run folder (default: " + texts.folder + ")");
  if (!texts.budget.empty()) {
    command.add_option("--budget", options.budget,
                       "How long, over all sessions of the run: " + texts.budget);
  }
  command.add_option("--seed", options.seed, texts.seed)->check(SeedNumber());
  if (!texts.set.empty()) {
    command
        .add_option("--set", options.set,
                    "Change a config value, such as --set " + texts.set + " (repeatable)")
        ->take_all();
    command.add_flag("--print-config", options.print_config, "Print the resolved config and stop");
  }
  if (!texts.device.empty()) command.add_option("--device", options.device, texts.device);
  if (!texts.threads.empty()) {
    command.add_option("--threads", options.threads, texts.threads)->check(NumberAbove(-1.0));
  }
  if (!texts.deterministic.empty()) {
    command.add_flag("--deterministic", options.deterministic, texts.deterministic);
  }
}

void AddRanksOption(CLI::App& command, int& ranks) {
  command
      .add_option("--ranks", ranks,
                  "Processes of this machine that share each update (default 1). On several "
                  "machines torchrun starts them, without this option")
      ->check(NumberAbove(0.0));
}

void ForEachAssignment(const RunOptions& options,
                       const std::function<Status(const nlohmann::json& change)>& take) {
  for (const std::string& assignment : options.set) {
    OrUsageError(take(OrUsageError(ParseAssignment(assignment))));
  }
}

std::string RunFolderOf(const RunOptions& options, const std::string& name) {
  return options.run_dir.empty() ? "runs/" + name : options.run_dir;
}

}  // namespace tengen

#include "experiments/commands/learn.h"

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "envs/core/join.h"
#include "envs/registry/game_registry.h"
#include "experiments/commands/commands.h"
#include "experiments/config/usage_error.h"

namespace tengen {
namespace {

// What stands before the task belongs to none, and would be lost.
void RefuseWordsBeforeTask(const CLI::App& learn) {
  const std::vector<std::string> words = learn.remaining();
  if (learn.get_subcommands().empty() || words.empty()) return;
  throw UsageError(StrCat("'", words.front(), "' before the task, wanted 'learn ",
                          learn.get_subcommands().front()->get_name(), "' and its options behind"));
}

// CLI11 would only say that a word was not expected.
void RequireTask(const CLI::App& learn) {
  if (!learn.get_subcommands().empty()) return;
  std::vector<std::string> tasks;
  for (const CLI::App* task : learn.get_subcommands({})) tasks.push_back(task->get_name());
  const std::vector<std::string> words = learn.remaining();
  const std::string met = words.empty() ? "" : words.front();
  const std::string nearest = met.empty() ? "" : NearestName(met, tasks);
  throw UsageError(StrCat(met.empty() ? "learn wants a task" : "unknown task '" + met + "'",
                          nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                          " (known: ", Join(tasks), ")"));
}

}  // namespace

void AddLearnCommand(CLI::App& app) {
  CLI::App* learn = app.add_subcommand(kLearnText.name, kLearnText.summary);
  learn->footer("experiments/supervised/README.md goes through the tasks.");
  learn->require_subcommand(0, 1);
  learn->allow_extras();
  AddLearnTasks(*learn);
  AddLearnGoPolicy(*learn);
  AddLearnGoReinforce(*learn);
  AddLearnGoValue(*learn);
  AddLearnRolloutPolicy(*learn);
  AddLearnRolloutReinforce(*learn);
  // Tasks are made as learn is, which takes any word so that an unknown task can be named.
  for (CLI::App* task : learn->get_subcommands({})) task->allow_extras(false);
  learn->parse_complete_callback([learn] { RefuseWordsBeforeTask(*learn); });
  learn->callback([learn] { RequireTask(*learn); });
}

}  // namespace tengen

// What stands in for the networks where LibTorch is not linked: every way to them throws
// NeedsNetworks.

#include <CLI/CLI.hpp>

#include "experiments/commands/commands.h"
#include "experiments/commands/learn.h"
#include "experiments/players/open_network.h"

namespace tengen {
namespace {

// A command that is all of the other program's: its options, its help, its errors.
void AddNameOf(CLI::App& app, const CommandText& text) {
  CLI::App* command = app.add_subcommand(text.name, text.summary);
  command->set_help_flag();
  command->prefix_command();
  command->callback([text] { throw NeedsNetworks(text.name); });
}

}  // namespace

Result<std::shared_ptr<Evaluator>> OpenNetwork(const AgentSpec& spec, const GameSpec&, Device) {
  throw NeedsNetworks("agent '" + spec.text + "'");
}

// Only LibTorch knows which devices there are.
Result<Device> ParseDevice(std::string_view text) {
  if (text == "cpu") return Device::kCpu;
  throw NeedsNetworks("device " + std::string(text));
}

void AddTrainCommand(CLI::App& app) { AddNameOf(app, kTrainText); }
void AddLearnerCommand(CLI::App& app) { AddNameOf(app, kLearnerText); }
void AddWorkerCommand(CLI::App& app) { AddNameOf(app, kWorkerText); }
void AddRlCommand(CLI::App& app) { AddNameOf(app, kRlText); }
// Some of its tasks run here.
void AddLearnCommand(CLI::App& app) {
  CLI::App* learn = app.add_subcommand(kLearnText.name, kLearnText.summary);
  learn->set_help_flag();
  learn->prefix_command();
  AddLearnRolloutPolicy(*learn);
  AddLearnRolloutReinforce(*learn);
  for (CLI::App* task : learn->get_subcommands({})) {
    task->set_help_flag("-h,--help", "Print this help message and exit");
    task->prefix_command(false);
    task->allow_extras(false);
  }
  learn->callback([learn] {
    if (learn->get_subcommands().empty()) throw NeedsNetworks(kLearnText.name);
  });
}
void AddPredictCommand(CLI::App& app) { AddNameOf(app, kPredictText); }
void AddLadderCommand(CLI::App& app) { AddNameOf(app, kLadderText); }
void AddReportCommand(CLI::App& app) { AddNameOf(app, kReportText); }
void AddBenchCommand(CLI::App& app) { AddNameOf(app, kBenchText); }
void AddAnalyzeCommand(CLI::App& app) { AddNameOf(app, kAnalyzeText); }
void AddAnalysisCommand(CLI::App& app) { AddNameOf(app, kAnalysisText); }
void AddNetsCommand(CLI::App& app) { AddNameOf(app, kNetsText); }
void AddViewCommand(CLI::App& app) { AddNameOf(app, kViewText); }

}  // namespace tengen

#pragma once

namespace CLI {
class App;
}

namespace tengen {

// Each adds one sub-command with its options and help to the application. Commands parse, wire and
// run; they throw UsageError and WorldError. With --json the last line on stdout is one JSON
// object; prose goes to stderr.

void AddTrainCommand(CLI::App& app);       // self-play and learner in one process
void AddMatchCommand(CLI::App& app);       // two agents, paired openings
void AddLadderCommand(CLI::App& app);      // Elo against fixed anchors
void AddExhaustiveCommand(CLI::App& app);  // an agent against every line of a small game
void AddAccuracyCommand(CLI::App& app);    // share of value-keeping moves in solved positions
void AddEpisodesCommand(CLI::App& app);    // returns of agents that play alone
void AddRlCommand(CLI::App& app);          // learners of control tasks
void AddRecordsCommand(CLI::App& app);     // look into record shards
void AddReportCommand(CLI::App& app);      // a page about a run
void AddPerftCommand(CLI::App& app);       // node counts
void AddBenchCommand(CLI::App& app);       // units per second of the hot paths
void AddGtpCommand(CLI::App& app);         // Go Text Protocol on stdin and stdout
void AddSgfCommand(CLI::App& app);         // look into game records
void AddEnvCommand(CLI::App& app);         // control tasks
void AddAnalyzeCommand(CLI::App& app);     // judge the moves of a game record
void AddAnalysisCommand(CLI::App& app);    // the same for other programs, as JSON lines
void AddNetsCommand(CLI::App& app);        // what a network file holds
void AddGamesCommand(CLI::App& app);       // what can be played
void AddViewCommand(CLI::App& app);        // the window

}  // namespace tengen

#pragma once

namespace CLI {
class App;
}

namespace tengen {

// Each adds one sub-command with its options and help to the application. Commands parse, wire and
// run; they throw UsageError and WorldError. What a command was asked for goes to stdout, how it
// goes on and what is wrong to stderr. With --json the last line on stdout is one JSON object, and
// what is for people goes to stderr.

void AddAblateCommand(CLI::App& app);        // variants of a preset, compared over seeds
void AddMatchCommand(CLI::App& app);         // two agents, paired openings
void AddCombinationsCommand(CLI::App& app);  // AlphaGo's parts together and alone
void AddExhaustiveCommand(CLI::App& app);    // an agent against every line of a small game
void AddKomiCommand(CLI::App& app);          // fair komi of small boards
void AddAccuracyCommand(CLI::App& app);      // share of value-keeping moves in solved positions
void AddEpisodesCommand(CLI::App& app);      // returns of agents that play alone
void AddRecordsCommand(CLI::App& app);       // look into record shards
void AddPerftCommand(CLI::App& app);         // node counts
void AddGtpCommand(CLI::App& app);           // Go Text Protocol on stdin and stdout
void AddBenchmarkCommand(CLI::App& app);     // visits per second by threads
void AddSgfCommand(CLI::App& app);           // look into game records
void AddEnvCommand(CLI::App& app);           // control tasks
void AddGamesCommand(CLI::App& app);         // what can be played
void AddStatusCommand(CLI::App& app);        // who works for a learner
void AddRelayCommand(CLI::App& app);         // weights for the workers of a rack
void AddDataCommand(CLI::App& app);          // what can be learnt from

// Those that need LibTorch whatever they are asked. A program without it adds their names alone
// (without_networks.cc), and goes on in the program with it when one is called.
void AddTrainCommand(CLI::App& app);     // self-play and learner in one process
void AddLearnerCommand(CLI::App& app);   // a learner that workers elsewhere play for
void AddWorkerCommand(CLI::App& app);    // self-play for a learner elsewhere
void AddRlCommand(CLI::App& app);        // learners of control tasks
void AddLearnCommand(CLI::App& app);     // supervised models
void AddPredictCommand(CLI::App& app);   // what a supervised model says
void AddLadderCommand(CLI::App& app);    // Elo against fixed anchors
void AddReportCommand(CLI::App& app);    // a page about a run
void AddBenchCommand(CLI::App& app);     // units per second of the hot paths
void AddAnalyzeCommand(CLI::App& app);   // judge the moves of a game record
void AddAnalysisCommand(CLI::App& app);  // the same for other programs, as JSON lines
void AddNetsCommand(CLI::App& app);      // what a network file holds
void AddViewCommand(CLI::App& app);      // the window

// Their names and lines in the help.
struct CommandText {
  const char* name;
  const char* summary;
};
inline constexpr CommandText kTrainText = {
    "train", "Train a player by self-play; goes on by itself in an existing run folder"};
inline constexpr CommandText kLearnerText = {
    "learner", "Train a player from games of workers elsewhere (see worker)"};
inline constexpr CommandText kWorkerText = {"worker",
                                            "Play for a learner on this or another machine"};
inline constexpr CommandText kRlText = {
    "rl", "Train learners on a control task; goes on by itself in an existing run folder"};
inline constexpr CommandText kLearnText = {
    "learn",
    "Train a supervised model, from linear regression to attention; goes on by itself in an "
    "existing run folder"};
inline constexpr CommandText kPredictText = {
    "predict", "What a trained supervised model says of files: labels, numbers, texts, moves"};
inline constexpr CommandText kLadderText = {
    "ladder",
    "Elo of agents, or of a run's checkpoints, against fixed anchors: random, pure search, and in "
    "Go also GNU Go and KataGo's g170-b6c96"};
inline constexpr CommandText kReportText = {
    "report", "Write an HTML page about a run: curves, strength, games to step through, settings"};
inline constexpr CommandText kBenchText = {
    "bench", "Units per second of a hot path, beside something to compare"};
inline constexpr CommandText kAnalyzeText = {
    "analyze", "Judge every move of a game record, or draw one position, with a network"};
inline constexpr CommandText kAnalysisText = {
    "analysis",
    "Analyse positions for other programs: JSON lines on stdin and stdout, in the protocol of "
    "KataGo's analysis engine"};
inline constexpr CommandText kNetsText = {"nets", "Look into network files"};
inline constexpr CommandText kViewText = {
    "view", "A window: play the agents, see what they think, watch them learn"};

}  // namespace tengen

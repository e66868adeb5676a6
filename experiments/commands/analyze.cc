#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/analysis/game_analysis.h"
#include "experiments/analysis/game_text.h"
#include "experiments/analysis/position_text.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/players/agent_spec.h"
#include "nets/atomic_file.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 26;

struct AnalyzeOptions {
  std::string file;
  std::string net;
  std::string device = "cpu";
  std::string rules;
  std::string moves;
  std::string sgf;
  std::string report_as = "black";
  std::string symmetry;
  int game = 1;
  int move = -1;
  int visits = 100;
  int threads = 0;
  bool position = false;
  bool json = false;
  unsigned long long seed = 1;
};

// A file's trees and the one that is meant.
struct Record {
  std::vector<SgfTree> trees;
  std::size_t index;

  SgfTree& tree() { return trees[index]; }
};

Record ReadRecord(const AnalyzeOptions& options) {
  auto trees = ParseSgf(OrWorldError(ReadGzipFile(options.file, kMaxBytes)));
  if (!trees) throw WorldError(StrCat(options.file, ": ", trees.error()));
  if (static_cast<std::size_t>(options.game) > trees->size()) {
    throw UsageError(StrCat("game ", options.game, ", wanted 1 to ", trees->size()));
  }
  return {std::move(*trees), static_cast<std::size_t>(options.game - 1)};
}

// "A-B", "A-", "A": moves counted from 1.
std::pair<int, int> MoveRange(const std::string& text, int moves) {
  if (moves == 0) throw WorldError("the main line has no moves");
  if (text.empty()) return {1, moves};
  int first = 0;
  int last = 0;
  char end = 0;
  const bool pair = std::sscanf(text.c_str(), "%d-%d%c", &first, &last, &end) == 2;
  const bool open =
      !pair && std::sscanf(text.c_str(), "%d%c%c", &first, &end, &end) == 2 && text.back() == '-';
  const bool one = !pair && !open && std::sscanf(text.c_str(), "%d%c", &first, &end) == 1;
  if (open) last = moves;
  if (one) last = first;
  if (!(pair || open || one) || first < 1 || last < first || first > moves) {
    throw UsageError(StrCat("--moves ", text, ", wanted FIRST-LAST between 1 and ", moves));
  }
  return {first, std::min(last, moves)};
}

GameLine ReadLine(const AnalyzeOptions& options, const SgfTree& tree,
                  const AnalysisNetwork& network) {
  std::optional<Rules> rules;
  if (!options.rules.empty()) rules = OrUsageError(ParseRulesName(options.rules)).rules;
  const auto history = network.UsualHistory();
  auto line = ReadGameLine(tree, rules, history);
  if (!line) throw WorldError(StrCat(options.file, ": ", line.error()));
  for (const std::string& note : line->notes) {
    std::fprintf(stderr, "%s: %s\n", options.file.c_str(), note.c_str());
  }
  const Status plays = network.Plays(line->positions.front().game->spec());
  if (!plays) throw WorldError(plays.error());
  return std::move(*line);
}

GameAnalysisOptions SearchOptions(const AnalyzeOptions& options, int positions) {
  GameAnalysisOptions search;
  search.visits = options.visits;
  const bool cuda = DeviceOption(options.device).is_cuda();
  search.lanes = cuda ? 2 : 0;
  search.threads = options.threads > 0 ? options.threads : cuda ? 32 : ThreadCount(0);
  search.seed = options.seed;
  const bool tty = ::isatty(STDERR_FILENO) != 0;
  search.progress = [positions, tty, &stop = StopRequested()](int done) {
    if (stop) throw WorldError("interrupted");
    if (tty) std::fprintf(stderr, "\r%d of %d positions", done, positions);
    if (tty && done == positions) std::fprintf(stderr, "\r%*s\r", 40, "");
    if (!tty && (done % 50 == 0 || done == positions)) {
      std::fprintf(stderr, "%d of %d positions\n", done, positions);
    }
  };
  return search;
}

void RunPosition(const AnalyzeOptions& options, const GameLine& line,
                 const AnalysisNetwork& network) {
  const int last = static_cast<int>(line.moves.size());
  const int move = options.move < 0 ? last : options.move;
  if (move > last) throw UsageError(StrCat("--move ", move, ", wanted 0 to ", last));
  const auto analyses = AnalyseLine(line, move, move, network, SearchOptions(options, 1));
  const GoState& state = *line.positions[static_cast<std::size_t>(move)].state;
  std::fprintf(AnswerStream(options.json), "%s after move %d, %s\n%s", options.file.c_str(), move,
               line.rules.Text().c_str(), PositionReport(state, analyses.positions[0]).c_str());
  if (options.json) PrintJsonLine(PositionReportJson(state, analyses.positions[0]));
}

void WriteRecord(const AnalyzeOptions& options, const Record& record) {
  WriteFileAtomically(options.sgf, WriteSgf(record.trees));
  std::fprintf(stderr, "wrote %s\n", options.sgf.c_str());
}

void RunGame(const AnalyzeOptions& options, const GameLine& line, const AnalysisNetwork& network,
             Record& record) {
  const auto [first, last] = MoveRange(options.moves, static_cast<int>(line.moves.size()));
  const auto analyses = AnalyseLine(line, first - 1, last, network,
                                    SearchOptions(options, LineSearches(line, first - 1, last)));
  GameReport report;
  report.network = network.name;
  report.perspective = OrUsageError(ParsePerspective(options.report_as));
  report.has_score = analyses.positions.front().has_score;
  report.moves = ReportMoves(line, analyses);
  if (!options.sgf.empty()) {
    AddComments(line, report, first == 1 ? &analyses.positions.front() : nullptr, record.tree());
    WriteRecord(options, record);
  }
  const bool table = options.sgf.empty() && !options.json;
  if (table) std::printf("%s", GameReportTable(line, report).c_str());
  if (options.json) PrintJsonLine(GameReportJson(line, report));
}

void RunAnalyze(const AnalyzeOptions& options) {
  (void)OrUsageError(ParsePerspective(options.report_as));
  const Device device = DeviceOption(options.device);
  Record record = ReadRecord(options);
  std::optional<EvaluatedSymmetry> symmetry;
  if (!options.symmetry.empty()) symmetry = OrUsageError(ParseSymmetry(options.symmetry));
  const AnalysisNetwork network =
      OrWorldError(AnalysisNetwork::Open(options.net, device, symmetry));
  const GameLine line = ReadLine(options, record.tree(), network);
  if (options.position) return RunPosition(options, line, network);
  RunGame(options, line, network, record);
}

}  // namespace

void AddAnalyzeCommand(CLI::App& app) {
  auto options = std::make_shared<AnalyzeOptions>();
  CLI::App* command = app.add_subcommand(kAnalyzeText.name, kAnalyzeText.summary);
  command->add_option("file", options->file, "An SGF file")->required();
  command->add_option("--net", options->net, "Network file of KataGo, or run folder")->required();
  command->add_option("--device", options->device, kDeviceHelp)->capture_default_str();
  command->add_option("--visits", options->visits, "Simulations a position (0: network alone)")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000'000));
  command->add_option("--symmetry", options->symmetry,
                      "In which symmetry the network sees a position: identity, random or average "
                      "(default: random)");
  command->add_option("--moves", options->moves, "FIRST-LAST, from 1 (default: all)");
  command->add_option("--rules", options->rules, "Rules and komi (default: the record's)");
  command->add_option("--game", options->game, "Which game of the file")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command
      ->add_option("--report-as", options->report_as,
                   "Whose win rate: black, white or side-to-move")
      ->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   "Positions searched at a time (0: one per core, 32 on a GPU)")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->add_option("--sgf", options->sgf,
                      "Write the record here, with the analysis in its comments");
  CLI::Option* position = command->add_flag("--position", options->position,
                                            "Draw policy, ownership and value instead");
  command->add_option("--move", options->move, "Position after this many moves (default: the end)")
      ->check(NumberAbove(-1.0))
      ->needs(position);
  command->add_flag("--json", options->json, "Last line on stdout: the analysis as JSON");
  command->add_option("--seed", options->seed, "Seed of random symmetries")
      ->capture_default_str()
      ->check(SeedNumber());
  command->callback([options] { RunAnalyze(*options); });
}

}  // namespace tengen

#include "experiments/analysis/game_analysis.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "agents/gtp/gtp_text.h"
#include "envs/core/check.h"
#include "envs/core/index_threads.h"
#include "envs/core/mutex.h"
#include "search/shape_batching_evaluator.h"

namespace tengen {
namespace {

constexpr int kMaxBatch = 128;  // larger batches are no faster on any processor tried

// Searches positions on several threads; each takes the next one that is left.
class LineSearch {
 public:
  LineSearch(const GameLine& line, int first, int last, const AnalysisNetwork& network,
             const GameAnalysisOptions& options)
      : line_(line),
        first_(first),
        network_(network),
        options_(options),
        evaluator_(network.evaluator),
        analyses_(static_cast<std::size_t>(last - first + 1)) {}

  std::vector<PositionAnalysis> Run() TENGEN_EXCLUDES(mutex_) {
    if (options_.lanes > 0) {
      evaluator_ =
          std::make_shared<ShapeBatchingEvaluator>(*network_.evaluator, options_.lanes, kMaxBatch);
    }
    ForEachIndex(static_cast<int>(analyses_.size()), options_.threads, [this]() -> IndexWork {
      return [this](int index) {
        analyses_[static_cast<std::size_t>(index)] = Search(static_cast<std::size_t>(index));
        MutexLock lock(mutex_);
        ++done_;
        if (options_.progress) options_.progress(done_);
        return true;
      };
    });
    return std::move(analyses_);
  }

 private:
  PositionAnalysis Search(std::size_t i) const {
    const std::size_t index = static_cast<std::size_t>(first_) + i;
    const MctsConfig config = network_.SearchConfig(options_.visits);
    PositionSearch search(evaluator_, config, options_.seed + index);
    PositionSearchRequest request;
    request.root = line_.positions[index].state.get();
    request.visits = options_.visits;
    request.ownership = true;
    (void)search.Run(request);
    return search.Analysis();
  }

  const GameLine& line_;
  const int first_;
  const AnalysisNetwork& network_;
  const GameAnalysisOptions& options_;
  std::shared_ptr<Evaluator> evaluator_;

  std::vector<PositionAnalysis> analyses_;  // each element is one thread's

  Mutex mutex_;
  int done_ TENGEN_GUARDED_BY(mutex_) = 0;
};

MoveReport ReportMove(const GameLine& line, int number, const PositionAnalysis& before,
                      const PositionAnalysis& after) {
  MoveReport report;
  report.number = number;
  report.move = line.moves[static_cast<std::size_t>(number - 1)];
  report.win_rate = 1.0 - WinRate(after.value);
  report.score = after.has_score ? -after.score : 0.0;
  report.best = before.moves.front();
  report.visits = before.visits;
  for (std::size_t i = 0; i < before.moves.size(); ++i) {
    if (before.moves[i].action != report.move.action) continue;
    report.prior = before.moves[i].prior;
    if (before.moves[i].visits > 0) report.rank = static_cast<int>(i) + 1;
  }
  if (report.rank == 1) return report;
  report.win_rate_loss = std::max(0.0, WinRate(report.best.value) - report.win_rate);
  if (after.has_score) {
    report.score_loss = std::max(0.0, static_cast<double>(report.best.score) - report.score);
  }
  return report;
}

// All moves of the main line.
std::vector<SgfMove> MovesOf(const SgfTree& tree, BoardShape shape) {
  std::vector<SgfMove> moves;
  for (const int node : tree.MainLine()) {
    for (const SgfProperty& property : tree.nodes[static_cast<std::size_t>(node)].properties) {
      if (property.name != "B" && property.name != "W") continue;
      const Player player = property.name == "B" ? Player::kFirst : Player::kSecond;
      for (const std::string& value : property.values) {
        const auto action = ParseSgfPoint(value, shape);
        if (!action) return moves;
        moves.push_back({player, *action, node});
      }
    }
  }
  return moves;
}

// Follows a record that may set up the board anew between two moves.
class TrailOfRecord {
 public:
  TrailOfRecord(const GameLine& line, RootHistory history)
      : handicap_(line.info.handicap), trail_(line.info.shape, line.rules, history) {}

  // Goes on to a position at least as far as the one before.
  Status Follow(const SgfPosition& position) {
    const bool set_up = position.moves.size() < played_ || position.diagram != diagram_ ||
                        position.first_to_move != first_;
    if (set_up) {
      diagram_ = position.diagram;
      first_ = position.first_to_move;
      played_ = 0;
      int black = 0;
      for (const std::string& row : diagram_) {
        black += static_cast<int>(std::count(row.begin(), row.end(), 'X'));
      }
      if (Status started = trail_.Start(diagram_, first_, std::min(handicap_, black)); !started) {
        return started;
      }
    }
    for (; played_ < position.moves.size(); ++played_) {
      const SgfMove& move = position.moves[played_];
      if (Status played = trail_.Play({move.player, move.action}); !played) return played;
    }
    return Ok{};
  }
  Result<AnalysisPosition> Now() const { return trail_.Now(); }

 private:
  const int handicap_;
  PositionTrail trail_;
  std::vector<std::string> diagram_;  // of the last setup; none yet
  Player first_ = Player::kFirst;
  std::size_t played_ = 0;  // since then
};

}  // namespace

Rules RulesOfRecord(const SgfGameInfo& info) {
  std::string name = LowerCase(info.rules);
  if (name == "jp") name = "japanese";
  if (name == "nz" || name == "new zealand") name = "new-zealand";
  Rules rules = RulesPreset("chinese").value();
  if (const auto preset = RulesPreset(name)) rules = *preset;
  if (info.half_komi && std::abs(*info.half_komi) <= 2 * GoBoard::kMaxPoints) {
    rules.half_komi = *info.half_komi;
  }
  return rules;
}

Result<GameLine> ReadGameLine(const SgfTree& tree, const std::optional<Rules>& rules,
                              RootHistory history) {
  const auto whole = ReplaySgf(tree, tree.MainLine());
  if (!whole) return Error{whole.error()};
  if (whole->problem) return Error{whole->problem->message};
  GameLine line;
  line.info = ReadSgfGameInfo(tree).value();
  line.rules = rules.value_or(RulesOfRecord(line.info));
  line.moves = MovesOf(tree, line.info.shape);
  line.moves.resize(static_cast<std::size_t>(whole->moves));
  TrailOfRecord trail(line, history);
  for (int number = 0; number <= whole->moves; ++number) {
    const SgfReplay replay = ReplaySgf(tree, tree.MainLine(), number).value();
    if (const Status status = trail.Follow(replay.position); !status) {
      return Error{StrCat("move ", number, ": ", status.error())};
    }
    auto position = trail.Now();
    if (!position) return Error{position.error()};
    line.positions.push_back(std::move(*position));
  }
  return line;
}

std::vector<PositionAnalysis> AnalyseLine(const GameLine& line, int first, int last,
                                          const AnalysisNetwork& network,
                                          const GameAnalysisOptions& options) {
  TENGEN_CHECK(0 <= first && first <= last && last < static_cast<int>(line.positions.size()),
               "positions ", first, " to ", last, " of ", line.positions.size());
  TENGEN_CHECK(options.threads > 0, "threads ", options.threads, ", wanted at least 1");
  return LineSearch(line, first, last, network, options).Run();
}

std::vector<MoveReport> ReportMoves(const GameLine& line, int first,
                                    const std::vector<PositionAnalysis>& analyses) {
  std::vector<MoveReport> reports;
  for (std::size_t i = 0; i + 1 < analyses.size(); ++i) {
    reports.push_back(ReportMove(line, first + static_cast<int>(i), analyses[i], analyses[i + 1]));
  }
  return reports;
}

}  // namespace tengen

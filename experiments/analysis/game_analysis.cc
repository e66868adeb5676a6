#include "experiments/analysis/game_analysis.h"

#include <algorithm>
#include <utility>

#include "agents/gtp/record_game.h"
#include "envs/core/check.h"
#include "envs/core/index_threads.h"
#include "envs/core/mutex.h"
#include "search/shape_batching_evaluator.h"

namespace tengen {
namespace {

constexpr int kMaxBatch = 128;  // larger batches are no faster on any processor tried

// The positions to search: first to last, then those aside that judge the moves between.
std::vector<LinePlace> PlacesOf(const GameLine& line, int first, int last) {
  std::vector<LinePlace> places;
  for (int index = first; index <= last; ++index) places.push_back({false, index});
  for (int move = first; move < last; ++move) {
    for (const auto& judged : {line.before, line.after}) {
      const LinePlace place = judged[static_cast<std::size_t>(move)];
      if (place.aside) places.push_back(place);
    }
  }
  return places;
}

// Searches positions on several threads; each takes the next one that is left.
class LineSearch {
 public:
  LineSearch(const GameLine& line, std::vector<LinePlace> places, const AnalysisNetwork& network,
             const GameAnalysisOptions& options)
      : line_(line),
        places_(std::move(places)),
        network_(network),
        options_(options),
        evaluator_(network.evaluator),
        analyses_(places_.size()) {}

  std::vector<PositionAnalysis> Run() TENGEN_EXCLUDES(mutex_) {
    if (options_.lanes > 0) {
      evaluator_ =
          std::make_shared<ShapeBatchingEvaluator>(network_.evaluator, options_.lanes, kMaxBatch);
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
    const LinePlace place = places_[i];
    const auto index = static_cast<std::size_t>(place.index);
    const MctsConfig config = network_.SearchConfig(options_.visits);
    PositionSearch search(evaluator_, config, options_.seed + index);
    PositionSearchRequest request;
    request.root = (place.aside ? line_.aside : line_.positions)[index].state.get();
    request.visits = options_.visits;
    request.ownership = true;
    (void)search.Run(request);
    return search.Analysis();
  }

  const GameLine& line_;
  const std::vector<LinePlace> places_;
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

// Builds a line from a record.
class GameLineReader {
 public:
  GameLineReader(RecordGame record, RootHistory history)
      : record_(std::move(record)), history_(history) {}

  Result<GameLine> Read() {
    line_.info = record_.follower().info();
    line_.rules = record_.rules().rules;
    if (!Keep(line_.positions, record_.game(), record_.game().to_move())) return Error{error_};
    while (Follow()) {
    }
    if (!error_.empty()) return Error{error_};
    if (record_.problem()) return Error{record_.problem()->message};
    line_.notes = record_.Notes();
    return std::move(line_);
  }

 private:
  bool Keep(std::vector<AnalysisPosition>& out, GtpGame& game, Player to_move) {
    auto position = PositionFor(game, to_move, history_);
    if (!position) {
      error_ = StrCat("move ", record_.follower().moves(), ": ", position.error());
      return false;
    }
    out.push_back(std::move(*position));
    return true;
  }

  // The last position of the line if it has that player to move, else one aside.
  bool Judge(GtpGame& game, Player to_move, bool in_line, std::vector<LinePlace>& out) {
    if (in_line && line_.positions.back().state->ToMove() == to_move) {
      out.push_back({false, static_cast<int>(line_.positions.size()) - 1});
      return true;
    }
    out.push_back({true, static_cast<int>(line_.aside.size())});
    return Keep(line_.aside, game, to_move);
  }

  // One move.
  bool Follow() {
    const std::optional<Player> mover = record_.follower().next_mover();
    if (!mover) return false;
    if (!Judge(record_.game(), *mover, true, line_.before)) return false;
    if (!record_.Next()) {
      line_.before.pop_back();
      return false;
    }
    const SgfMove& move = record_.follower().last_move();
    line_.moves.push_back(move);
    if (!Keep(line_.positions, record_.game(), record_.game().to_move())) return false;
    GtpGame* const then = record_.before_setup();
    return Judge(then == nullptr ? record_.game() : *then, Opponent(move.player), then == nullptr,
                 line_.after);
  }

  RecordGame record_;
  const RootHistory history_;
  GameLine line_;
  std::string error_;
};

}  // namespace

Result<GameLine> ReadGameLine(const SgfTree& tree, const std::optional<Rules>& rules,
                              RootHistory history) {
  auto record = rules ? RecordGame::StartUnder(*rules, tree, tree.MainLine())
                      : RecordGame::Start(tree, tree.MainLine(), UsualSgfRules());
  if (!record) return Error{record.error()};
  return GameLineReader(std::move(*record), history).Read();
}

int LineSearches(const GameLine& line, int first, int last) {
  return static_cast<int>(PlacesOf(line, first, last).size());
}

LineAnalysis AnalyseLine(const GameLine& line, int first, int last, const AnalysisNetwork& network,
                         const GameAnalysisOptions& options) {
  TENGEN_CHECK(0 <= first && first <= last && last < static_cast<int>(line.positions.size()),
               "positions ", first, " to ", last, " of ", line.positions.size());
  TENGEN_CHECK(options.threads > 0, "threads ", options.threads, ", wanted at least 1");
  const std::vector<LinePlace> places = PlacesOf(line, first, last);
  std::vector<PositionAnalysis> analyses = LineSearch(line, places, network, options).Run();
  LineAnalysis result;
  result.first = first;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].aside) {
      result.aside[places[i].index] = std::move(analyses[i]);
    } else {
      result.positions.push_back(std::move(analyses[i]));
    }
  }
  return result;
}

std::vector<MoveReport> ReportMoves(const GameLine& line, const LineAnalysis& analysis) {
  std::vector<MoveReport> reports;
  const int last = analysis.first + static_cast<int>(analysis.positions.size()) - 1;
  for (int move = analysis.first; move < last; ++move) {
    const auto index = static_cast<std::size_t>(move);
    reports.push_back(ReportMove(line, move + 1, analysis.At(line.before[index]),
                                 analysis.At(line.after[index])));
  }
  return reports;
}

}  // namespace tengen

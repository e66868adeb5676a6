#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "agents/gtp/gtp_engine.h"
#include "envs/core/check.h"
#include "search/symmetry_evaluator.h"

// Analysis.

namespace tengen {
namespace {

constexpr int kEndless = std::numeric_limits<int>::max() / 2;
constexpr int kFirstOptimism = 12;    // model version of KataGo from which on policies have one
constexpr double kFirstLine_s = 0.5;  // or the interval if that is shorter

std::string Fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

// KataGo numbers the symmetries with the two flips the other way round, and flips before it
// transposes. It does not transpose rectangles.
Symmetry FromKataGo(int index, BoardShape shape) {
  const bool transposes = (index & 4) != 0 && shape.rows == shape.columns;
  const int first = transposes ? Symmetry::kFlipColumns : Symmetry::kFlipRows;
  const int second = transposes ? Symmetry::kFlipRows : Symmetry::kFlipColumns;
  return Symmetry((index & 1) * first + ((index >> 1) & 1) * second +
                  (transposes ? Symmetry::kTranspose : 0));
}

}  // namespace

void GtpEngine::Ponder() {
  if (config_.visits == 0 || io_.waiting()) return;
  PositionSearchRequest request;
  request.root = &RootFor(game_.to_move(), Purpose::kPlay);
  request.visits = std::min(kEndless / 100, config_.visits) * 100;
  request.stop = io_.waiting;
  (void)search_->Run(request);
}

// An empty line would end the answer.
void GtpEngine::WriteAnalysis(const std::string& line) const {
  if (!line.empty()) io_.write(line + "\n");
}

GtpEngine::Answer GtpEngine::Analyze(GtpAnalysisStyle style, const Arguments& arguments) {
  const auto analysis = ParseGtpAnalysis(style, game_.game(), arguments);
  if (!analysis) return Error{"syntax error: " + analysis.error()};
  const GoState& root = RootFor(analysis->player.value_or(game_.to_move()), Purpose::kAnalyze);
  io_.write("=" + command_->id + "\n");
  streamed_ = true;
  PositionSearchRequest request;
  request.root = &root;
  request.visits = kEndless;
  request.stop = io_.waiting;
  request.root_temperature = config_.root_temperature;
  request.limits = analysis->limits;
  request.ownership = analysis->ownership || analysis->ownership_spread;
  request.moves_ownership = analysis->moves_ownership || analysis->moves_ownership_spread;
  bool reported = false;
  request.report = [&](const SearchResult&) {
    reported = true;
    WriteAnalysis(GtpAnalysisLine(*analysis, root, *search_));
  };
  request.first_s = std::min(kFirstLine_s, analysis->interval_s);
  request.interval_s = analysis->interval_s;
  const SearchResult result = search_->Run(request);
  if (!reported) request.report(result);
  return std::string();
}

GtpEngine::Answer GtpEngine::ChooseAndAnalyze(GtpAnalysisStyle style, Then then,
                                              const Arguments& arguments) {
  const auto analysis = ParseGtpAnalysis(style, game_.game(), arguments);
  if (!analysis) return Error{"syntax error: " + analysis.error()};
  const Player player = analysis->player.value_or(game_.to_move());
  io_.write("=" + command_->id + "\n");
  streamed_ = true;
  const auto start = std::chrono::steady_clock::now();
  const Choice choice = Choose(player, &*analysis, then);
  if (then == Then::kPlay) {
    clock_.Spend(player,
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const std::string move = Conclude(player, choice, then);
  if (!move.empty()) io_.write("play " + move + "\n");
  return std::string();
}

GtpEngine::Answer GtpEngine::LzAnalyze(const Arguments& arguments) {
  return Analyze(GtpAnalysisStyle::kLz, arguments);
}
GtpEngine::Answer GtpEngine::KataAnalyze(const Arguments& arguments) {
  return Analyze(GtpAnalysisStyle::kKata, arguments);
}
GtpEngine::Answer GtpEngine::LzGenMoveAnalyze(const Arguments& arguments) {
  return ChooseAndAnalyze(GtpAnalysisStyle::kLz, Then::kPlay, arguments);
}
GtpEngine::Answer GtpEngine::KataGenMoveAnalyze(const Arguments& arguments) {
  return ChooseAndAnalyze(GtpAnalysisStyle::kKata, Then::kPlay, arguments);
}
GtpEngine::Answer GtpEngine::KataSearchAnalyze(const Arguments& arguments) {
  return ChooseAndAnalyze(GtpAnalysisStyle::kKata, Then::kTell, arguments);
}
GtpEngine::Answer GtpEngine::KataSearchAnalyzeCancellable(const Arguments& arguments) {
  return ChooseAndAnalyze(GtpAnalysisStyle::kKata, Then::kTellUnlessCancelled, arguments);
}

// The position for the evaluator alone. Where players agree on dead stones and area counts,
// networks of KataGo take no pass for the end (its friendlyPassOk).
const GoState& GtpEngine::RawRootFor(Player player) {
  const GoState& state = game_.StateFor(player);
  const bool agreed = rules_.rules.scoring == ScoringRule::kArea && !rules_.all_stones_alive;
  const bool ends = state.consecutive_passes() > 0 && !game_.state().IsTerminal();
  if (config_.model_version == 0 || !agreed || !ends) return state;
  auto start = StartFrom(state);
  if (!start) return state;
  search_->Forget();
  root_ = std::move(*start);
  return *root_.state;
}

// kata-raw-nn [COLOR] SYMMETRY: the evaluator's own answer, in White's view; "all" gives all eight
// symmetries. KataGo's third argument, how much of an optimistic policy counts, means nothing to
// networks without one and is refused for others: here it is always the same. Fields that the
// evaluator does not know are 0 (noResult) or -1, as KataGo writes them.
GtpEngine::Answer GtpEngine::KataRawNn(const Arguments& arguments) {
  std::size_t at = 0;
  Player player = game_.to_move();
  if (!arguments.empty() && ParseGtpPlayer(arguments[0]).ok()) {
    player = *ParseGtpPlayer(arguments[at++]);
  }
  const GoState& state = RawRootFor(player);
  const bool all = at == arguments.size() || LowerCase(arguments[at]) == "all";
  int first = 0;
  int last = Symmetry::kCount - 1;
  if (!all) {
    const auto index = ParseGtpInt(arguments[at], first, last);
    if (!index) return Error{"syntax error: symmetry " + index.error()};
    first = last = *index;
  }
  if (at + 1 < arguments.size()) {
    const auto optimism = ParseGtpNumber(arguments[at + 1], 0.0, 1.0);
    if (!optimism) return Error{"syntax error: policy optimism: " + optimism.error()};
    if (config_.model_version >= kFirstOptimism) {
      return Error{
          "policy optimism of this network cannot be chosen here, wanted no third argument"};
    }
  }
  const double sign = state.ToMove() == Player::kSecond ? 1.0 : -1.0;
  const auto columns = static_cast<std::size_t>(game_.shape().columns);
  const auto points = static_cast<std::size_t>(game_.shape().points());
  std::string text;
  for (int index = first; index <= last; ++index) {
    const auto random = RandomForSymmetry(state.game().spec().symmetries,
                                          FromKataGo(index, state.game().spec().shape));
    TENGEN_CHECK(random.has_value(), "no symmetry ", index);
    const PositionEvaluation answer = search_->Evaluate(state, *random);
    std::vector<double> policy(points + 1, -1.0);
    for (std::size_t i = 0; i < answer.legal.size(); ++i) {
      policy[static_cast<std::size_t>(answer.legal[i])] = answer.prior[i];
    }
    EvaluationDetails details = answer.details;
    if (!details.given) details.score_mean = answer.score;
    const double value = sign * answer.value;
    const double decided = 1.0 - details.no_result;
    const double mean = sign * details.score_mean;
    const double square = mean * mean + std::pow(details.score_deviation, 2.0);
    text += StrCat(text.empty() ? "" : "\n", "symmetry ", index, "\nwhiteWin ",
                   Fixed(0.5 * (decided + value), 6), "\nwhiteLoss ",
                   Fixed(0.5 * (decided - value), 6), "\nnoResult ", Fixed(details.no_result, 6),
                   "\nwhiteLead ", Fixed(sign * answer.score, 3), "\nwhiteScoreSelfplay ",
                   Fixed(mean, 3), "\nwhiteScoreSelfplaySq ", Fixed(square, 3), "\nvarTimeLeft ",
                   Fixed(details.variance_time, 3), "\nshorttermWinlossError ",
                   Fixed(details.value_error, 3), "\nshorttermScoreError ",
                   Fixed(details.score_error, 3), "\npolicy\n");
    for (std::size_t p = 0; p < points; ++p) {
      text += (policy[p] < 0.0 ? "    NAN" : Fixed(policy[p], 6)) +
              ((p + 1) % columns == 0 ? " \n" : " ");
    }
    text += "policyPass " + (policy[points] < 0.0 ? "NAN" : Fixed(policy[points], 6)) +
            " \nwhiteOwnership\n";
    for (std::size_t p = 0; p < points; ++p) {
      text += (answer.ownership.empty() ? "    NAN" : Fixed(sign * answer.ownership[p], 7)) +
              ((p + 1) % columns == 0 ? " \n" : " ");
    }
  }
  return text;
}

}  // namespace tengen

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "agents/gtp/gtp_engine.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr int kEndless = std::numeric_limits<int>::max() / 2;
constexpr double kFirstLine_s = 0.5;  // of an analysis, or its interval if that is shorter

// Own moves that the rest of a game may take, by the emptiness of the board.
int MovesToCome(const GoState& state) {
  return 10 + static_cast<int>(state.board().empty_points().size()) / 4;
}

// An index drawn from probabilities.
std::size_t Draw(const std::vector<float>& probabilities, Rng& rng) {
  double left = rng.Uniform();
  for (std::size_t i = 0; i + 1 < probabilities.size(); ++i) {
    left -= probabilities[i];
    if (left < 0.0) return i;
  }
  return probabilities.size() - 1;
}

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

// Evaluation::random that makes an evaluator choose that symmetry; nothing if the group has none.
std::optional<std::uint64_t> RandomFor(const SymmetryGroup& group, Symmetry symmetry) {
  for (std::uint64_t high = 0; high < 64; ++high) {
    const std::uint64_t random = high << 58;
    if (group.Pick(random) == symmetry) return random;
  }
  return std::nullopt;
}

}  // namespace

// Time.

GtpEngine::Answer GtpEngine::TimeSettings(const Arguments& arguments) {
  const auto main = ParseGtpNumber(arguments[0], 0.0, 1e8);
  const auto overtime = ParseGtpNumber(arguments[1], 0.0, 1e8);
  const auto stones = ParseGtpInt(arguments[2], 0, 100'000);
  if (!main || !overtime || !stones) return Error{"syntax error: wanted three numbers from 0"};
  clock_.Set(GtpTimeSettings{*main, *overtime, *stones});
  return std::string();
}

// none | absolute MAIN | byoyomi MAIN PERIOD PERIODS | canadian MAIN PERIOD STONES
GtpEngine::Answer GtpEngine::KgsTimeSettings(const Arguments& arguments) {
  const std::string kind = LowerCase(arguments[0]);
  if (kind == "none") {
    clock_.Set(std::nullopt);
    return std::string();
  }
  const std::size_t wanted = kind == "absolute" ? 2 : 4;
  if ((kind != "absolute" && kind != "byoyomi" && kind != "canadian") ||
      arguments.size() < wanted) {
    return Error{"syntax error: wanted none, absolute M, byoyomi M S PERIODS or canadian M S N"};
  }
  GtpTimeSettings settings;
  const auto main = ParseGtpNumber(arguments[1], 0.0, 1e8);
  if (!main) return Error{"syntax error: " + main.error()};
  settings.main_s = *main;
  if (wanted == 4) {
    const auto overtime = ParseGtpNumber(arguments[2], 0.0, 1e8);
    const auto count = ParseGtpInt(arguments[3], 1, 100'000);
    if (!overtime || !count) return Error{"syntax error: wanted numbers"};
    settings.overtime_s = *overtime;
    // Each move may take a whole period; further periods are kept for bad luck.
    settings.stones = kind == "byoyomi" ? 1 : *count;
  }
  clock_.Set(settings);
  return std::string();
}

GtpEngine::Answer GtpEngine::TimeLeft(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  const auto seconds = ParseGtpNumber(arguments[1], -1e8, 1e8);
  const auto stones = ParseGtpInt(arguments[2], 0, 100'000);
  if (!player || !seconds || !stones) return Error{"syntax error: wanted COLOR SECONDS STONES"};
  clock_.SetLeft(*player, std::max(0.0, *seconds), *stones);
  return std::string();
}

// Moves.

// Whether the opponent has just passed and a pass wins.
bool GtpEngine::PassWins(Player player) {
  const auto& moves = game_.moves();
  if (moves.empty() || moves.back().player == player ||
      moves.back().action != game_.game().pass()) {
    return false;
  }
  const int score = HalfScore();
  return player == Player::kFirst ? score > 0 : score < 0;
}

GtpEngine::Choice GtpEngine::Choose(Player player, const GtpAnalysisRequest* analysis) {
  if (PassWins(player)) return {game_.game().pass(), 1.0F};
  const GoState& root = game_.StateFor(player);
  if (config_.visits == 0) {
    const PositionEvaluation answer = search_->Evaluate(root, search_->rng().Next());
    const auto best = std::max_element(answer.prior.begin(), answer.prior.end());
    const std::size_t index = config_.policy == PolicyChoice::kBest
                                  ? static_cast<std::size_t>(best - answer.prior.begin())
                                  : Draw(answer.prior, search_->rng());
    return {answer.legal[index], answer.value};
  }
  PositionSearchRequest request;
  request.root = &root;
  request.visits = config_.visits;
  request.seconds = clock_.Budget(player, MovesToCome(root));
  if (config_.seconds > 0.0) {
    request.seconds = std::min(config_.seconds, request.seconds.value_or(config_.seconds));
  }
  if (analysis != nullptr) {
    request.limits = analysis->limits;
    request.ownership = analysis->ownership;
    request.moves_ownership = analysis->moves_ownership;
    request.report = [&](const SearchResult&) {
      WriteAnalysis(GtpAnalysisLine(*analysis, root, *search_));
    };
    request.first_s = std::min(kFirstLine_s, analysis->interval_s);
    request.interval_s = analysis->interval_s;
  }
  const SearchResult result = search_->Run(request);
  if (analysis != nullptr) request.report(result);
  return {result.best, result.root_value};
}

std::string GtpEngine::Commit(Player player, const Choice& choice) {
  int& hopeless = hopeless_[static_cast<std::size_t>(Index(player))];
  hopeless = choice.value < static_cast<float>(config_.resign_below) ? hopeless + 1 : 0;
  if (hopeless >= kResignMoves) return "resign";
  const Status played = game_.Play(player, choice.action);
  TENGEN_CHECK(played.ok(), played.ok() ? "" : played.error());
  return choice.action == game_.game().pass() ? "pass" : game_.game().ActionText(choice.action);
}

GtpEngine::Answer GtpEngine::GenMove(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  const auto start = std::chrono::steady_clock::now();
  const Choice choice = Choose(*player, nullptr);
  clock_.Spend(*player,
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return Commit(*player, choice);
}

GtpEngine::Answer GtpEngine::RegGenMove(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  return game_.game().ActionText(Choose(*player, nullptr).action);
}

void GtpEngine::Ponder() {
  if (config_.visits == 0 || io_.waiting()) return;
  PositionSearchRequest request;
  request.root = &game_.StateFor(game_.to_move());
  request.visits = std::min(kEndless / 100, config_.visits) * 100;
  request.stop = io_.waiting;
  (void)search_->Run(request);
}

// Analysis.

// An empty line would end the answer.
void GtpEngine::WriteAnalysis(const std::string& line) const {
  if (!line.empty()) io_.write(line + "\n");
}

GtpEngine::Answer GtpEngine::Analyze(GtpAnalysisStyle style, const Arguments& arguments) {
  const auto analysis = ParseGtpAnalysis(style, game_.game(), arguments);
  if (!analysis) return Error{"syntax error: " + analysis.error()};
  const GoState& root = game_.StateFor(analysis->player.value_or(game_.to_move()));
  io_.write("=" + command_->id + "\n");
  streamed_ = true;
  PositionSearchRequest request;
  request.root = &root;
  request.visits = kEndless;
  request.stop = io_.waiting;
  request.limits = analysis->limits;
  request.ownership = analysis->ownership;
  request.moves_ownership = analysis->moves_ownership;
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

GtpEngine::Answer GtpEngine::GenMoveAnalyze(GtpAnalysisStyle style, const Arguments& arguments) {
  const auto analysis = ParseGtpAnalysis(style, game_.game(), arguments);
  if (!analysis) return Error{"syntax error: " + analysis.error()};
  const Player player = analysis->player.value_or(game_.to_move());
  io_.write("=" + command_->id + "\n");
  streamed_ = true;
  const auto start = std::chrono::steady_clock::now();
  const Choice choice = Choose(player, &*analysis);
  clock_.Spend(player,
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  io_.write("play " + Commit(player, choice) + "\n");
  return std::string();
}

GtpEngine::Answer GtpEngine::LzAnalyze(const Arguments& arguments) {
  return Analyze(GtpAnalysisStyle::kLz, arguments);
}
GtpEngine::Answer GtpEngine::KataAnalyze(const Arguments& arguments) {
  return Analyze(GtpAnalysisStyle::kKata, arguments);
}
GtpEngine::Answer GtpEngine::LzGenMoveAnalyze(const Arguments& arguments) {
  return GenMoveAnalyze(GtpAnalysisStyle::kLz, arguments);
}
GtpEngine::Answer GtpEngine::KataGenMoveAnalyze(const Arguments& arguments) {
  return GenMoveAnalyze(GtpAnalysisStyle::kKata, arguments);
}

// kata-raw-nn [COLOR] SYMMETRY: the evaluator's own answer, in White's view; "all" gives all eight
// symmetries. Fields that the evaluator does not know are 0 (noResult) or -1, as KataGo
// writes them.
GtpEngine::Answer GtpEngine::KataRawNn(const Arguments& arguments) {
  std::size_t at = 0;
  Player player = game_.to_move();
  if (!arguments.empty() && ParseGtpPlayer(arguments[0]).ok()) {
    player = *ParseGtpPlayer(arguments[at++]);
  }
  const GoState& state = game_.StateFor(player);
  const bool all = at == arguments.size() || LowerCase(arguments[at]) == "all";
  int first = 0;
  int last = Symmetry::kCount - 1;
  if (!all) {
    const auto index = ParseGtpInt(arguments[at], first, last);
    if (!index) return Error{"syntax error: symmetry " + index.error()};
    first = last = *index;
  }
  const double sign = state.ToMove() == Player::kSecond ? 1.0 : -1.0;
  const auto columns = static_cast<std::size_t>(game_.shape().columns);
  const auto points = static_cast<std::size_t>(game_.shape().points());
  std::string text;
  for (int index = first; index <= last; ++index) {
    const auto random =
        RandomFor(state.game().spec().symmetries, FromKataGo(index, state.game().spec().shape));
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

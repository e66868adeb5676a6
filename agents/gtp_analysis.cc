#include "agents/gtp_analysis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include "agents/gtp_text.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

// Scores cost one evaluation a move, so only the first moves get their own.
constexpr std::size_t kScoredMoves = 10;

using Arguments = std::vector<std::string>;

Result<bool> ParseFlag(const std::string& text) {
  const std::string lower = LowerCase(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return Error{"flag, wanted true or false"};
}

// avoid/allow PLAYER VERTEX,VERTEX,... UNTIL_DEPTH
Status ParseMoves(const GoGame& game, const Arguments& arguments, std::size_t& at,
                  std::vector<Action>& moves) {
  if (at + 4 > arguments.size()) return Error{arguments[at] + ", wanted PLAYER VERTICES DEPTH"};
  if (const auto player = ParseGtpPlayer(arguments[at + 1]); !player) return Error{player.error()};
  std::string_view rest = arguments[at + 2];
  while (!rest.empty()) {
    const std::string_view text = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    const auto action = game.ParseAction(text);
    if (!action) return Error{action.error()};
    moves.push_back(*action);
  }
  const auto depth = ParseGtpInt(arguments[at + 3], 1, 1'000'000);
  if (!depth) return Error{depth.error()};
  at += 4;
  return Ok{};
}

Status ParseKey(const GoGame& game, const Arguments& arguments, std::size_t& at,
                GtpAnalysisRequest& request) {
  const std::string key = LowerCase(arguments[at]);
  if (key == "avoid") return ParseMoves(game, arguments, at, request.avoid);
  if (key == "allow") return ParseMoves(game, arguments, at, request.allow);
  if (at + 2 > arguments.size()) return Error{"key '" + key + "' without a value"};
  const std::string& value = arguments[at + 1];
  at += 2;
  if (key == "interval") {
    const auto interval = ParseGtpNumber(value, 0.0, 1e6);
    if (!interval) return Error{interval.error()};
    request.interval_s = 0.01 * *interval;
    return Ok{};
  }
  if (key == "minmoves" || key == "maxmoves") {
    const auto moves = ParseGtpInt(value, 0, 1000);
    if (!moves) return Error{moves.error()};
    (key == "minmoves" ? request.min_moves : request.max_moves) = *moves;
    return Ok{};
  }
  const auto flag = ParseFlag(value);
  if (!flag) return Error{"'" + key + "': " + flag.error()};
  if (key == "ownership") {
    request.ownership = *flag;
  } else if (key == "rootinfo") {
    request.root_info = *flag;
  } else if (key != "ownershipstdev" && key != "movesownership" && key != "pvvisits" &&
             key != "pvedgevisits" && key != "noresultvalue" && key != "movesownershipstdev") {
    return Error{"unknown key '" + key.substr(0, 30) + "'"};
  }
  return Ok{};
}

std::string Number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

double WinRate(double value) { return std::clamp(0.5 * (1.0 + value), 0.0, 1.0); }

double LowerBound(double win_rate, int visits) {
  if (visits == 0) return 0.0;
  const double half = 1.96 * std::sqrt((win_rate * (1.0 - win_rate) + 0.25 / visits) / visits);
  return std::max(0.0, win_rate - half);
}

// Indices of the root's moves to show, best first: as the search would choose.
std::vector<std::size_t> Order(const GtpAnalysisRequest& request, const SearchResult& result) {
  const auto has = [](const std::vector<Action>& moves, Action move) {
    return std::find(moves.begin(), moves.end(), move) != moves.end();
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < result.actions.size(); ++i) {
    const Action move = result.actions[i];
    if (has(request.avoid, move) || (!request.allow.empty() && !has(request.allow, move))) continue;
    order.push_back(i);
  }
  const auto key = [&result](std::size_t i) {
    return std::tuple(result.actions[i] == result.best, result.visits[i], result.priors[i]);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&key](std::size_t a, std::size_t b) { return key(a) > key(b); });
  std::size_t shown = 0;
  while (shown < order.size() &&
         (result.visits[order[shown]] > 0 || shown < static_cast<std::size_t>(request.min_moves))) {
    ++shown;
  }
  order.resize(std::min(shown, static_cast<std::size_t>(request.max_moves)));
  return order;
}

std::string LzInfo(const SearchResult& result, std::size_t i) {
  const double win_rate = WinRate(result.q[i]);
  const auto ten_thousandths = [](double x) { return std::lround(10000.0 * x); };
  return StrCat(" visits ", result.visits[i], " winrate ", ten_thousandths(win_rate), " prior ",
                ten_thousandths(result.priors[i]), " lcb ",
                ten_thousandths(LowerBound(win_rate, result.visits[i])));
}

std::string ScoreFields(double score) {
  const std::string text = Number(score, 4);
  return " scoreMean " + text + " scoreStdev " + Number(0.0, 4) + " scoreLead " + text +
         " scoreSelfplay " + text;
}

std::string KataInfo(const SearchResult& result, std::size_t i, double score) {
  const double win_rate = WinRate(result.q[i]);
  const double lcb = LowerBound(win_rate, result.visits[i]);
  return StrCat(" visits ", result.visits[i], " edgeVisits ", result.visits[i], " utility ",
                Number(result.q[i], 6), " winrate ", Number(win_rate, 6), ScoreFields(score),
                " prior ", Number(result.priors[i], 6), " lcb ", Number(lcb, 6), " utilityLcb ",
                Number(2.0 * lcb - 1.0, 6), " weight ", Number(result.visits[i], 2));
}

std::string RootInfo(const SearchResult& result) {
  const int visits = 1 + std::accumulate(result.visits.begin(), result.visits.end(), 0);
  return StrCat(" rootInfo visits ", visits, " utility ", Number(result.root_value, 6), " winrate ",
                Number(WinRate(result.root_value), 6), ScoreFields(result.raw_score), " weight ",
                Number(visits, 2), " rawWinrate ", Number(WinRate(result.raw_value), 6),
                " rawLead ", Number(result.raw_score, 4));
}

std::string Ownership(const GoState& root, GtpSearch& search) {
  std::vector<float> ownership = search.Evaluate(root, search.rng().Next()).ownership;
  if (ownership.empty()) {
    ownership = OwnershipByPlayouts(root, 100, search.rng());
    if (root.ToMove() == Player::kSecond) {
      for (float& owner : ownership) owner = -owner;
    }
  }
  std::string text = " ownership";
  for (const float owner : ownership) text += ' ' + Number(owner, 6);
  return text;
}

}  // namespace

Result<GtpAnalysisRequest> ParseGtpAnalysis(GtpAnalysisStyle style, const GoGame& game,
                                            const std::vector<std::string>& arguments) {
  GtpAnalysisRequest request;
  request.style = style;
  std::size_t at = 0;
  if (at < arguments.size() && ParseGtpPlayer(arguments[at]).ok()) {
    request.player = *ParseGtpPlayer(arguments[at++]);
  }
  if (at < arguments.size() && !arguments[at].empty() && arguments[at][0] <= '9') {
    const auto interval = ParseGtpNumber(arguments[at++], 0.0, 1e6);
    if (!interval) return Error{interval.error()};
    request.interval_s = 0.01 * *interval;
  }
  while (at < arguments.size()) {
    if (const Status status = ParseKey(game, arguments, at, request); !status) {
      return Error{status.error()};
    }
  }
  return request;
}

std::string GtpAnalysisLine(const GtpAnalysisRequest& request, const GoState& root,
                            const SearchResult& result, GtpSearch& search) {
  const GoGame& game = root.game();
  const bool kata = request.style == GtpAnalysisStyle::kKata;
  const std::vector<std::size_t> order = Order(request, result);
  std::vector<Action> scored;
  // Without a score head the root has none either.
  if (kata && result.raw_score != 0.0F) {
    for (std::size_t i = 0; i < std::min(order.size(), kScoredMoves); ++i) {
      scored.push_back(result.actions[order[i]]);
    }
  }
  const std::vector<float> scores = search.ScoresAfter(root, scored);
  std::string line;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const std::size_t i = order[rank];
    const double score = rank < scores.size() ? scores[rank] : result.raw_score;
    line += StrCat(line.empty() ? "" : " ", "info move ", game.ActionText(result.actions[i]),
                   kata ? KataInfo(result, i, score) : LzInfo(result, i), " order ", rank, " pv");
    for (const Action action : search.Line(result.actions[i]))
      line += ' ' + game.ActionText(action);
  }
  if (kata && request.root_info) line += RootInfo(result);
  if (kata && request.ownership) line += Ownership(root, search);
  return line;
}

}  // namespace tengen

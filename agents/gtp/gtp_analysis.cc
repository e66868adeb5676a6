#include "agents/gtp/gtp_analysis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "agents/gtp/gtp_point.h"
#include "agents/gtp/gtp_text.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

using Arguments = std::vector<std::string>;

Result<bool> ParseFlag(const std::string& text) {
  const std::string lower = LowerCase(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return Error{"flag, wanted true or false"};
}

// avoid/allow PLAYER VERTEX,VERTEX,... UNTIL_DEPTH
Status ParseLimit(const GoGame& game, const Arguments& arguments, std::size_t& at,
                  MoveLimits& limits) {
  if (at + 4 > arguments.size()) return Error{arguments[at] + ", wanted PLAYER VERTICES DEPTH"};
  const bool avoid = LowerCase(arguments[at]) == "avoid";
  const auto player = ParseGtpPlayer(arguments[at + 1]);
  if (!player) return Error{player.error()};
  std::vector<Action> moves;
  std::string_view rest = arguments[at + 2];
  while (!rest.empty()) {
    const std::string_view text = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    const auto action = ParseGtpPoint(game, text);
    if (!action) return Error{action.error()};
    moves.push_back(*action);
  }
  const auto depth = ParseGtpInt(arguments[at + 3], 1, 1'000'000);
  if (!depth) return Error{depth.error()};
  if (avoid ? limits.HasAllowed(*player) : limits.HasAvoided(*player)) {
    return Error{"avoid and allow for one player, wanted one of them"};
  }
  if (!avoid && limits.HasAllowed(*player)) {
    return Error{"allow twice for one player, wanted it once"};
  }
  if (avoid) limits.Avoid(*player, std::move(moves), *depth);
  if (!avoid) limits.Allow(*player, std::move(moves), *depth);
  at += 4;
  return Ok{};
}

// In lower case. lz-analyze has no place for what they ask for.
constexpr std::string_view kKataKeys[] = {
    "ownership",      "movesownership",      "rootinfo",     "pvvisits", "pvedgevisits",
    "ownershipstdev", "movesownershipstdev", "noresultvalue"};

Status ParseKey(const GoGame& game, const Arguments& arguments, std::size_t& at,
                GtpAnalysisRequest& request) {
  const std::string key = LowerCase(arguments[at]);
  if (key == "avoid" || key == "allow") return ParseLimit(game, arguments, at, request.limits);
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
  if (request.style == GtpAnalysisStyle::kLz &&
      std::find(std::begin(kKataKeys), std::end(kKataKeys), key) != std::end(kKataKeys)) {
    return Error{"'" + key + "' is a key of kata-analyze, lz-analyze does not know it"};
  }
  const auto flag = ParseFlag(value);
  if (!flag) return Error{"'" + key + "': " + flag.error()};
  if (key == "ownership") {
    request.ownership = *flag;
  } else if (key == "movesownership") {
    request.moves_ownership = *flag;
  } else if (key == "rootinfo") {
    request.root_info = *flag;
  } else if (key == "pvvisits") {
    request.pv_visits = *flag;
  } else if (key == "pvedgevisits") {
    request.pv_edge_visits = *flag;
  } else if (key == "ownershipstdev") {
    request.ownership_spread = *flag;
  } else if (key == "movesownershipstdev") {
    request.moves_ownership_spread = *flag;
  } else if (key == "noresultvalue") {
    request.no_result = *flag;
  } else {
    return Error{"unknown key '" + key.substr(0, 30) + "'"};
  }
  return Ok{};
}

std::string Number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

std::string LzInfo(const MoveAnalysis& move) {
  const double win_rate = WinRate(move.value);
  const auto ten_thousandths = [](double x) { return std::lround(10000.0 * x); };
  return StrCat(" visits ", move.visits, " winrate ", ten_thousandths(win_rate), " prior ",
                ten_thousandths(move.prior), " lcb ",
                ten_thousandths(WinRateLowerBound(win_rate, move.visits)));
}

// Of a move, or of the root; "" where the evaluator has no scores.
std::string ScoreFields(const PositionAnalysis& analysis, double score, double spread,
                        const SelfplayScore& selfplay) {
  if (!analysis.has_score) return "";
  const bool knows = analysis.selfplay.has_value();
  const double deviation = knows ? selfplay.deviation : spread;
  std::string text = " scoreMean " + Number(score, 4);
  if (deviation > 0.0) text += " scoreStdev " + Number(deviation, 4);
  text += " scoreLead " + Number(score, 4);
  return knows ? text + " scoreSelfplay " + Number(selfplay.mean, 4) : text;
}

std::string KataInfo(const GtpAnalysisRequest& request, const PositionAnalysis& analysis,
                     const MoveAnalysis& move) {
  const double win_rate = WinRate(move.value);
  const double lcb = WinRateLowerBound(win_rate, move.visits);
  return StrCat(" visits ", move.visits, " edgeVisits ", move.visits, " utility ",
                Number(move.value, 6), " winrate ", Number(win_rate, 6),
                ScoreFields(analysis, move.score, move.score_spread, move.selfplay),
                request.no_result ? " noResultValue " + Number(move.no_result, 6) : "", " prior ",
                Number(move.prior, 6), " lcb ", Number(lcb, 6), " utilityLcb ",
                Number(2.0 * lcb - 1.0, 6), " weight ", Number(move.visits, 2));
}

std::string RootInfo(const PositionAnalysis& analysis) {
  return StrCat(" rootInfo visits ", analysis.visits, " utility ", Number(analysis.value, 6),
                " winrate ", Number(WinRate(analysis.value), 6),
                ScoreFields(analysis, analysis.score, analysis.score_spread,
                            analysis.selfplay.value_or(SelfplayScore())),
                " weight ", Number(analysis.visits, 2), " rawWinrate ",
                Number(WinRate(analysis.raw_value), 6),
                analysis.has_score ? " rawLead " + Number(analysis.raw_score, 4) : "");
}

std::string VisitsText(const char* name, const std::vector<int>& visits) {
  std::string text = StrCat(" ", name);
  for (const int count : visits) text += StrCat(" ", count);
  return text;
}

std::string OwnersText(const char* name, std::span<const float> ownership) {
  std::string text = StrCat(" ", name);
  for (const float owner : ownership) text += ' ' + Number(owner, 6);
  return text;
}

std::string Ownership(const GoState& root, std::vector<float> ownership, PositionSearch& search) {
  if (ownership.empty()) ownership = search.Evaluate(root, search.rng().Next()).ownership;
  if (ownership.empty()) {
    ownership = OwnershipByPlayouts(root, 100, search.rng());
    if (root.ToMove() == Player::kSecond) {
      for (float& owner : ownership) owner = -owner;
    }
  }
  return OwnersText("ownership", ownership);
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
                            PositionSearch& search) {
  const GoGame& game = root.game();
  const bool kata = request.style == GtpAnalysisStyle::kKata;
  const PositionAnalysis analysis = search.Analysis();
  std::string line;
  for (int rank = 0; rank < std::min(request.max_moves, static_cast<int>(analysis.moves.size()));
       ++rank) {
    const MoveAnalysis& move = analysis.moves[static_cast<std::size_t>(rank)];
    if (move.visits == 0 && rank >= std::max(1, request.min_moves)) break;
    line += StrCat(line.empty() ? "" : " ", "info move ", game.ActionText(move.action),
                   kata ? KataInfo(request, analysis, move) : LzInfo(move), " order ", rank, " pv");
    for (const Action action : move.line) line += ' ' + game.ActionText(action);
    if (kata && request.pv_visits) line += VisitsText("pvVisits", move.line_visits);
    if (kata && request.pv_edge_visits) line += VisitsText("pvEdgeVisits", move.line_visits);
    if (kata && request.moves_ownership && !move.ownership.empty()) {
      line += OwnersText("movesOwnership", move.ownership);
    }
    if (kata && request.moves_ownership_spread && !move.ownership_spread.empty()) {
      line += OwnersText("movesOwnershipStdev", move.ownership_spread);
    }
  }
  // As KataGo: where there are no moves, there is nothing.
  if (line.empty()) return line;
  if (kata && request.root_info) line += RootInfo(analysis);
  if (kata && request.ownership) line += Ownership(root, analysis.ownership, search);
  if (kata && request.ownership_spread && !analysis.ownership_spread.empty()) {
    line += OwnersText("ownershipStdev", analysis.ownership_spread);
  }
  return line;
}

}  // namespace tengen

#include "experiments/match/match_text.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

namespace tengen {
namespace {

// Kinds of failure as tables and JSON name them.
constexpr std::pair<AgentFailure, const char*> kFailures[] = {
    {AgentFailure::kTimeout, "timeout"},
    {AgentFailure::kExit, "exit"},
    {AgentFailure::kBadAnswer, "bad_answer"},
    {AgentFailure::kIllegalMove, "illegal_move"}};

template <typename... Values>
std::string Format(const char* format, Values... values) {
  char text[160];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

int Ended(const MatchResult& result, MatchEnd end) {
  return static_cast<int>(std::count_if(result.games.begin(), result.games.end(),
                                        [end](const MatchGame& game) { return game.end == end; }));
}

int Disputed(const MatchResult& result) {
  return static_cast<int>(std::count_if(result.games.begin(), result.games.end(),
                                        [](const MatchGame& game) { return game.disputed(); }));
}

std::string FailuresText(const char* side, const MatchResult& result, bool of_a) {
  std::string text;
  for (const auto& [failure, name] : kFailures) {
    const int count = result.Failures(of_a, failure);
    if (count > 0) text += StrCat(text.empty() ? "" : ", ", count, " by ", name);
  }
  return text.empty() ? "" : StrCat("  games ", side, " lost by failing  ", text, "\n");
}

nlohmann::ordered_json FailuresJson(const MatchResult& result, bool of_a) {
  nlohmann::ordered_json json;
  for (const auto& [failure, name] : kFailures) json[name] = result.Failures(of_a, failure);
  return json;
}

nlohmann::ordered_json IntervalJson(const Interval& interval) {
  return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

nlohmann::ordered_json SprtJson(const Sprt& sprt) {
  return {{"elo0", sprt.config().elo0},
          {"elo1", sprt.config().elo1},
          {"alpha", sprt.config().alpha},
          {"beta", sprt.config().beta},
          {"llr", sprt.llr()},
          {"lower", sprt.lower()},
          {"upper", sprt.upper()},
          {"verdict", SprtVerdictText(sprt.verdict())}};
}

std::map<std::string, int> FirstMoves(const Game& game, const MatchResult& result) {
  std::map<std::string, int> counts;
  for (const MatchGame& g : result.games) {
    const std::size_t ply = static_cast<std::size_t>(g.opening_plies);
    if (ply < g.moves.size()) ++counts[game.ActionText(g.moves[ply])];
  }
  return counts;
}

std::string ScoreText(const MatchResult& result) {
  const Interval score = MatchScore(result);
  const Interval elo = MatchElo(result);
  return Format("  score  %.1f %% (95 %%: %.1f to %.1f)\n", 100 * score.value, 100 * score.low,
                100 * score.high) +
         Format("  Elo    %+.0f (%+.0f to %+.0f)\n", elo.value, elo.low, elo.high);
}

std::string EndsText(const MatchResult& result) {
  std::string text;
  if (const int by_rules = Ended(result, MatchEnd::kRules); by_rules < result.count()) {
    text += Format("  ended by rules %d, resignation %d, failure %d\n", by_rules,
                   Ended(result, MatchEnd::kResignation), Ended(result, MatchEnd::kFailure));
  }
  text += FailuresText("a", result, true) + FailuresText("b", result, false);
  if (const int disputed = Disputed(result); disputed > 0) {
    text += Format("  games in which a program counts another winner  %d\n", disputed);
  }
  return text;
}

}  // namespace

Interval MatchScore(const MatchResult& result) {
  return result.pairs.pairs() > 0 ? ScoreInterval(result.pairs)
                                  : WilsonInterval(result.points(), result.count());
}

Interval MatchElo(const MatchResult& result) {
  return result.pairs.pairs() > 0 ? EloInterval(result.pairs)
                                  : EloInterval(result.points(), result.count());
}

std::string MatchTable(const Game& game, const MatchNames& names, const MatchResult& result) {
  const auto pairs = [&result](std::size_t i) {
    return static_cast<long long>(result.pairs.counts[i]);
  };
  std::string text =
      StrCat("a  ", names.a, "\nb  ", names.b, "\n", game.spec().id, ", ", result.count(),
             " games, ", result.distinct_openings, " distinct openings\n");
  if (result.distinct_openings < result.pairs.pairs()) {
    text += "  pairs that share an opening are not independent: intervals are too narrow\n";
  }
  text += Format("  a's wins, draws, losses  %d, %d, %d; first player won %d\n", result.wins,
                 result.draws, result.losses, result.first_player_wins);
  text += Format("  pairs of 0, 1/2 ... 2    %lld, %lld, %lld, %lld, %lld\n", pairs(0), pairs(1),
                 pairs(2), pairs(3), pairs(4));
  text += ScoreText(result) + EndsText(result);
  if (result.sprt) {
    const Sprt& sprt = *result.sprt;
    text += Format("  sprt %g to %g: LLR %.2f (%.2f to %.2f), ", sprt.config().elo0,
                   sprt.config().elo1, sprt.llr(), sprt.lower(), sprt.upper());
    text += std::string(SprtVerdictText(sprt.verdict())) + "\n";
  }
  return text;
}

nlohmann::ordered_json MatchJson(const Game& game, const MatchNames& names,
                                 const MatchResult& result) {
  nlohmann::ordered_json json = {{"a", names.a},
                                 {"b", names.b},
                                 {"game", game.spec().id},
                                 {"games", result.count()},
                                 {"wins", result.wins},
                                 {"draws", result.draws},
                                 {"losses", result.losses},
                                 {"first_player_wins", result.first_player_wins},
                                 {"pairs", result.pairs.counts},
                                 {"score", IntervalJson(MatchScore(result))},
                                 {"elo", IntervalJson(MatchElo(result))},
                                 {"distinct_openings", result.distinct_openings},
                                 {"ends",
                                  {{"rules", Ended(result, MatchEnd::kRules)},
                                   {"resignation", Ended(result, MatchEnd::kResignation)},
                                   {"failure", Ended(result, MatchEnd::kFailure)}}},
                                 {"failures_a", FailuresJson(result, true)},
                                 {"failures_b", FailuresJson(result, false)},
                                 {"disputed", Disputed(result)},
                                 {"first_moves", FirstMoves(game, result)}};
  if (result.sprt) json["sprt"] = SprtJson(*result.sprt);
  return json;
}

}  // namespace tengen

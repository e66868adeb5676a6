#include "experiments/analysis/analysis_answer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using Json = nlohmann::json;

// Turns values in the view of the player to move at the root into those of the answer.
class View {
 public:
  View(Perspective perspective, Player mover) : sign_(PerspectiveSign(perspective, mover)) {}

  double Value(double value) const { return Rounded(sign_ * value); }
  double Probability(double win_rate) const {
    return Rounded(sign_ > 0.0 ? win_rate : 1.0 - win_rate);
  }

 private:
  double sign_;
};

void AddSelfplayScore(const View& view, const SelfplayScore& score, Json& json) {
  json["scoreSelfplay"] = view.Value(score.mean);
  json["scoreStdev"] = Rounded(score.deviation);
}

Json OwnershipJson(const View& view, const std::vector<float>& ownership) {
  Json json = Json::array();
  for (const float owner : ownership) json.push_back(view.Value(owner));
  return json;
}

Json SpreadJson(const std::vector<float>& spread) {
  Json json = Json::array();
  for (const float point : spread) json.push_back(Rounded(point));
  return json;
}

Json MoveJson(const AnalysisSettings& settings, const View& view, const GoGame& game,
              const PositionAnalysis& analysis, std::size_t order) {
  const MoveAnalysis& move = analysis.moves[order];
  const double win_rate = WinRate(move.value);
  const double lower = WinRateLowerBound(win_rate, move.visits);
  Json json = {{"move", game.ActionText(move.action)},
               {"visits", move.visits},
               {"edgeVisits", move.visits},
               {"weight", static_cast<double>(move.visits)},
               {"edgeWeight", static_cast<double>(move.visits)},
               {"winrate", view.Probability(win_rate)},
               {"utility", view.Value(move.value)},
               {"lcb", view.Probability(lower)},
               {"utilityLcb", view.Value(2.0 * lower - 1.0)},
               {"prior", Rounded(move.prior)},
               {"order", order}};
  if (analysis.has_score) {
    json["scoreLead"] = view.Value(move.score);
    json["scoreMean"] = view.Value(move.score);
  }
  if (analysis.selfplay) {
    AddSelfplayScore(view, move.selfplay, json);
  } else if (analysis.has_score && move.score_spread > 0.0F) {
    json["scoreStdev"] = Rounded(move.score_spread);
  }
  if (settings.no_result) json["noResultValue"] = Rounded(move.no_result);
  if (settings.moves_ownership && !move.ownership.empty()) {
    json["ownership"] = OwnershipJson(view, move.ownership);
  }
  if (settings.moves_ownership_spread && !move.ownership_spread.empty()) {
    json["ownershipStdev"] = SpreadJson(move.ownership_spread);
  }
  const std::size_t length =
      std::min(move.line.size(), static_cast<std::size_t>(settings.pv_length) + 1);
  for (std::size_t i = 0; i < length; ++i) {
    json["pv"].push_back(game.ActionText(move.line[i]));
    if (!settings.pv_visits) continue;
    json["pvVisits"].push_back(move.line_visits[i]);
    json["pvEdgeVisits"].push_back(move.line_visits[i]);
  }
  return json;
}

Json RootJson(const View& view, const GoState& root, const PositionAnalysis& analysis) {
  Json json = {{"winrate", view.Probability(WinRate(analysis.value))},
               {"utility", view.Value(analysis.value)},
               {"visits", analysis.visits},
               {"weight", static_cast<double>(analysis.visits)},
               {"currentPlayer", root.ToMove() == Player::kFirst ? "B" : "W"},
               {"thisHash", PositionName(root)},
               {"symHash", SymmetricPositionName(root)},
               {"rawWinrate", view.Probability(WinRate(analysis.raw_value))}};
  if (analysis.has_score) {
    json["scoreLead"] = view.Value(analysis.score);
    json["rawLead"] = view.Value(analysis.raw_score);
  }
  if (analysis.selfplay) {
    AddSelfplayScore(view, *analysis.selfplay, json);
  } else if (analysis.has_score && analysis.score_spread > 0.0F) {
    json["scoreStdev"] = Rounded(analysis.score_spread);
  }
  const EvaluationDetails& details = analysis.details;
  if (details.given) {
    json["rawScoreSelfplay"] = view.Value(details.score_mean);
    json["rawScoreSelfplayStdev"] = Rounded(details.score_deviation);
    json["rawNoResultProb"] = Rounded(details.no_result);
    json["rawStWrError"] = Rounded(0.5 * details.value_error);  // of the win rate
    json["rawStScoreError"] = Rounded(details.score_error);
    json["rawVarTimeLeft"] = Rounded(details.variance_time);
  }
  return json;
}

Json PolicyJson(const GoGame& game, const PositionAnalysis& analysis) {
  std::vector<double> policy(static_cast<std::size_t>(game.spec().num_actions), -1.0);
  for (std::size_t i = 0; i < analysis.legal.size(); ++i) {
    policy[static_cast<std::size_t>(analysis.legal[i])] = Rounded(analysis.policy[i]);
  }
  return policy;
}

// Two independent chains of multiplications over the same numbers.
struct NameHash {
  std::uint64_t high = 0x243f6a8885a308d3ULL;  // digits of pi
  std::uint64_t low = 0x13198a2e03707344ULL;

  void Add(std::uint64_t number) {
    high = (high ^ number) * 0x9e3779b97f4a7c15ULL;
    high ^= high >> 29;
    low = (low + number + 1) * 0xd1342543de82ef95ULL;
    low ^= low >> 32;
  }
};

std::string NameTurned(const GoState& state, Symmetry symmetry) {
  const GoGame& game = state.game();
  const BoardShape shape = game.spec().shape;
  std::vector<std::uint64_t> cells(static_cast<std::size_t>(shape.points()));
  for (Action action = 0; action < game.pass(); ++action) {
    const Point point = game.PointOf(action);
    const auto cell = static_cast<std::uint64_t>(state.board().At(point));
    const bool ko = point == state.board().ko_point();
    cells[static_cast<std::size_t>(symmetry.Map(shape, action))] = ko ? 3 : cell;
  }
  NameHash hash;
  hash.Add(static_cast<std::uint64_t>(shape.rows * 32 + shape.columns));
  hash.Add(static_cast<std::uint64_t>(Index(state.ToMove())));
  for (const std::uint64_t cell : cells) hash.Add(cell);
  char text[40];
  std::snprintf(text, sizeof(text), "%016llX%016llX", static_cast<unsigned long long>(hash.high),
                static_cast<unsigned long long>(hash.low));
  return text;
}

}  // namespace

double Rounded(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return std::strtod(text, nullptr);
}

std::string PositionName(const GoState& state) { return NameTurned(state, Symmetry()); }

std::string SymmetricPositionName(const GoState& state) {
  const SymmetryGroup& group = state.game().spec().symmetries;
  std::string smallest = PositionName(state);
  for (int i = 0; i < group.size(); ++i) {
    smallest = std::min(smallest, NameTurned(state, group.Member(i)));
  }
  return smallest;
}

Json AnalysisJson(const AnalysisSettings& settings, const GoState& root,
                  const PositionAnalysis& analysis) {
  const View view(settings.perspective, root.ToMove());
  Json moves = Json::array();
  for (std::size_t i = 0; i < analysis.moves.size() && analysis.moves[i].visits > 0; ++i) {
    moves.push_back(MoveJson(settings, view, root.game(), analysis, i));
  }
  Json json = {{"moveInfos", std::move(moves)}, {"rootInfo", RootJson(view, root, analysis)}};
  if (settings.policy) json["policy"] = PolicyJson(root.game(), analysis);
  if (settings.ownership && !analysis.ownership.empty()) {
    json["ownership"] = OwnershipJson(view, analysis.ownership);
  }
  if (settings.ownership_spread && !analysis.ownership_spread.empty()) {
    json["ownershipStdev"] = SpreadJson(analysis.ownership_spread);
  }
  return json;
}

}  // namespace tengen

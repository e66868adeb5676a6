#include "experiments/match/match_sgf.h"

#include <cmath>
#include <utility>
#include <vector>

#include "envs/go/sgf.h"

namespace tengen {
namespace {

std::string HalfText(float points) {
  return KomiText(static_cast<int>(std::lround(2.0F * points)));
}

// "B+3.5", "W+0.5", "0".
std::string ScoreText(float score) {
  if (score == 0.0F) return "0";
  return (score > 0.0F ? "B+" : "W+") + HalfText(std::fabs(score));
}

bool BlackWon(const MatchGame& record) { return (record.result_a > 0.0) == record.a_is_first; }

using Values = std::vector<std::string>;

void AddStart(const GoSetup& setup, SgfNode& root) {
  for (const auto& [stone, name] : {std::pair('X', "AB"), std::pair('O', "AW")}) {
    Values points;
    Action action = 0;
    for (const std::string& row : setup.diagram) {
      for (const char at : row) {
        if (at == stone) points.push_back(SgfPointText(action, setup.shape));
        ++action;
      }
    }
    if (!points.empty()) root.properties.push_back({name, std::move(points)});
  }
  if (setup.handicap > 1) root.properties.push_back({"HA", {StrCat(setup.handicap)}});
  if (setup.to_move == Player::kSecond) root.properties.push_back({"PL", {"W"}});
}

}  // namespace

std::string SgfResult(const MatchGame& record) {
  if (record.result_a == 0.0) return "0";
  const std::string winner = BlackWon(record) ? "B+" : "W+";
  switch (record.end) {
    case MatchEnd::kRules:
      return record.score ? ScoreText(*record.score) : winner;
    case MatchEnd::kResignation:
      return winner + "R";
    case MatchEnd::kFailure:
      break;
  }
  return winner + (record.failure == AgentFailure::kTimeout ? "T" : "F");
}

std::string EndText(const MatchGame& record, const MatchNames& names) {
  const std::string loser = record.result_a < 0.0 ? names.a : names.b;
  switch (record.end) {
    case MatchEnd::kResignation:
      return loser + " resigned.";
    case MatchEnd::kFailure:
      return loser + " lost the game: " + record.failure_text + ".";
    case MatchEnd::kRules:
      break;
  }
  std::string text = "Score as the board stands: ";
  text += record.score ? ScoreText(*record.score) : std::string("none");
  for (const std::size_t agent : {0U, 1U}) {
    if (!record.own_scores[agent]) continue;
    text +=
        "; " + (agent == 0 ? names.a : names.b) + " counts " + ScoreText(*record.own_scores[agent]);
  }
  return text + ".";
}

std::string MatchGameSgf(const GoGame& game, const MatchGame& record, const MatchNames& names) {
  const GoSetup& setup = game.setup();
  const auto [rows, columns] = setup.shape;
  SgfTree tree;
  tree.Add(SgfNode::kNoNode);
  SgfNode& root = tree.nodes[0];
  const auto add = [&root](const char* name, const std::string& value) {
    root.properties.push_back({name, {SgfEscape(value)}});
  };
  add("FF", "4");
  add("GM", "1");
  add("CA", "UTF-8");
  add("AP", "Tengen");
  root.properties.push_back({"SZ", {rows == columns ? StrCat(rows) : StrCat(columns, ":", rows)}});
  add("KM", KomiText(setup.rules.half_komi));
  add("RU", setup.rules.Text());
  add("PB", record.a_is_first ? names.a : names.b);
  add("PW", record.a_is_first ? names.b : names.a);
  add("RE", SgfResult(record));
  add("C", StrCat("Game ", record.index + 1, ", ", record.opening_plies, " moves of opening.\n",
                  EndText(record, names)));
  AddStart(setup, root);
  int node = 0;
  Player player = setup.to_move;
  for (const Action action : record.moves) {
    node = tree.Add(node);
    tree.nodes[static_cast<std::size_t>(node)].properties.push_back(
        {player == Player::kFirst ? "B" : "W", {SgfPointText(action, setup.shape)}});
    player = Opponent(player);
  }
  return WriteSgf({tree});
}

}  // namespace tengen

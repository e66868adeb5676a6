#include "experiments/match/match_sgf.h"

#include <cmath>
#include <utility>
#include <vector>

#include "envs/go/sgf_game.h"

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
  SgfTree tree = SgfOfStart(setup, "Tengen");
  const auto add = [&root = tree.nodes[0]](const char* name, const std::string& value) {
    root.properties.push_back({name, {SgfEscape(value)}});
  };
  add("PB", record.a_is_first ? names.a : names.b);
  add("PW", record.a_is_first ? names.b : names.a);
  add("RE", SgfResult(record));
  add("C", StrCat("Game ", record.index + 1, ", ", record.opening_plies, " moves of opening.\n",
                  EndText(record, names)));
  int node = 0;
  Player player = setup.to_move;
  for (const Action action : record.moves) {
    node = AddSgfMove(tree, node, player, action, setup.shape);
    player = Opponent(player);
  }
  return WriteSgf({tree});
}

}  // namespace tengen

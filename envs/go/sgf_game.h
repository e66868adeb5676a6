#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "envs/go/go_game.h"
#include "envs/go/rule_names.h"
#include "envs/go/sgf.h"

// What the properties of an SGF tree mean in Go. Every command that takes records reads them here.

namespace tengen {

// Facts of the root (and of the second node, where some servers put the handicap stones).
struct SgfGameInfo {
  BoardShape shape = {19, 19};   // SZ; sides from 1 to 52
  std::optional<int> half_komi;  // KM times two; absent where it is missing or no number
  bool komi_exact = true;        // whether half_komi is all that KM says, to the last digit
  std::string komi;              // KM, as people read it, like all texts here
  int handicap = 0;              // HA
  // HA names stones that no node places, and White moves first. Records of the Fox server leave out
  // the fixed ones: then these are they, else the board is as it is.
  bool lacks_handicap = false;
  std::vector<Action> left_out;
  std::string rules;   // RU
  std::string black;   // PB
  std::string white;   // PW
  std::string result;  // RE
};

// Errors: the game is not Go (GM), a board size that is no size.
Result<SgfGameInfo> ReadSgfGameInfo(const SgfTree& tree);

// KM as half points: "6.5", "6,5 points", "6 1/2" (in UTF-8 also as one sign). From 200 to 1000
// multiples of 25 without a point are hundredths (a Fox server's "650"); quarters below 5 are
// Chinese counting by stones, worth two points each ("3.75" is 7.5), and so is Fox's "350" (7).
// What is no half is rounded. Nothing where there is no number, or one beyond 10000.
std::optional<int> ParseSgfKomi(std::string_view value);
// KM that ParseSgfKomi reads as the same: "6.5", "150.0".
std::string SgfKomiText(int half_komi);

// The rules of a record, by RU and KM.
struct SgfRules {
  NamedRules named;
  // What was not understood or is missing, and what holds instead, a sentence each.
  std::vector<std::string> notes;
};
// `otherwise` holds where RU says nothing or is not understood. Komi is the record's, else the
// usual one of its rules, else that of `otherwise`.
SgfRules ReadSgfRules(const SgfGameInfo& info, const NamedRules& otherwise);
// `otherwise` for records on their own: Chinese rules.
NamedRules UsualSgfRules();

struct SgfMove {
  Player player = Player::kFirst;
  Action action = kNoAction;
  int node = 0;
};

// A tree of one node that says how a game starts: size, komi, rules, handicap, stones, the player
// to move (PL wherever there are stones). The application names itself in AP.
// `rules` is RU where it is not RulesName(setup.rules).
SgfTree SgfOfStart(const GoSetup& setup, std::string_view application,
                   const std::string& rules = "");
// Adds a move below a node and returns its node.
int AddSgfMove(SgfTree& tree, int node, Player player, Action action, BoardShape shape);

}  // namespace tengen

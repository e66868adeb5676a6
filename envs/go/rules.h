#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/game_options.h"
#include "envs/core/result.h"

namespace tengen {

// Which repetitions of a position a play may not make. A pass is never forbidden.
enum class KoRule {
  kSimple,       // the board before the opponent's last turn
  kPositional,   // any earlier board of the game, whoever was to move
  kSituational,  // any earlier board with the same player to move next; the start position and
                 // positions reached by a pass count
};

// Plays that leave the mover's own chain without liberties. Suicide of one stone is never legal.
enum class SuicideRule {
  kNone,   // illegal
  kMulti,  // legal for two or more stones, which are taken off
};

// What counts at the end. scoring.h says how.
enum class ScoringRule {
  kArea,       // stones on the board plus empty regions that touch one colour only (Tromp and
               // Taylor, "The logical rules of Go", https://tromp.github.io/go.html)
  kTerritory,  // those empty regions plus prisoners, after dead stones have been taken off
};

// Points that do not count.
enum class TaxRule {
  kNone,
  kSeki,  // empty points of groups in seki
  kAll,   // those, and two points of every other group, for the two eyes it needs
};

// Points White gets for n handicap stones, on top of komi.
enum class HandicapBonus {
  kNone,
  kStones,         // n
  kStonesLessOne,  // n - 1
};

// A rule set of Go.
struct Rules {
  KoRule ko = KoRule::kPositional;
  SuicideRule suicide = SuicideRule::kNone;
  ScoringRule scoring = ScoringRule::kArea;
  TaxRule tax = TaxRule::kNone;
  HandicapBonus bonus = HandicapBonus::kNone;
  int half_komi = 14;  // points given to White, times two; whole komi may draw

  double komi() const { return 0.5 * half_komi; }
  // White's points for the handicap. REQUIRES: handicap_stones >= 0.
  int BonusPoints(int handicap_stones) const;
  bool operator==(const Rules&) const = default;

  // Canonical text, e.g. "ko=positional,suicide=none,komi=7", then score, tax and bonus where they
  // differ from the defaults above: ",score=territory,tax=seki,bonus=n-1".
  std::string Text() const;
  // Its part behind komi: "" or ",score=territory,...".
  std::string ExtraText() const;

  // Parses Text() with any part missing and in any order. A preset's name may stand in front, alone
  // or as "rules=chinese", and gives the defaults: "chinese,komi=6.5".
  static Result<Rules> Parse(std::string_view text);

  // Takes the options rules, ko, suicide, score, tax, bonus and komi. Bad values are remembered by
  // `options`, except an unknown preset and a komi that is no multiple of a half, which are the
  // error returned.
  static Result<Rules> Take(GameOptions& options);
};

// Rule sets by name:
//                 ko           suicide  score      tax   bonus  komi
//   tromp-taylor  positional   multi    area       none  0      7.5
//   chinese       simple       none     area       none  n      7.5
//   japanese      simple       none     territory  seki  0      6.5
//   aga           situational  none     area       none  n-1    7.5
//   new-zealand   situational  multi    area       none  0      7
//   cgos          positional   none     area       none  0      7
// Chinese is the rule as played, without superko (https://lightvector.github.io/KataGo/rules.html).
// CGOS plays 7 on 9x9 and 7.5 on larger boards (http://www.yss-aya.com/cgos/). Also a ko rule with
// a suicide rule, the rest by default: "positional_no_suicide", "situational_multi_suicide".
Result<Rules> RulesPreset(std::string_view name);

// "tromp-taylor", ..., in the order above.
const std::vector<std::string>& RulesPresetNames();

std::string_view KoText(KoRule ko);                 // "positional"
std::string_view SuicideText(SuicideRule suicide);  // "none"
std::string_view ScoringText(ScoringRule scoring);  // "area"
std::string_view TaxText(TaxRule tax);              // "none"
std::string_view BonusText(HandicapBonus bonus);    // "0", "n", "n-1"
std::string KomiText(int half_komi);                // "7", "6.5", "-0.5"

}  // namespace tengen

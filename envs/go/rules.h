#pragma once

#include <string>
#include <string_view>

#include "envs/core/registry.h"
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

enum class ScoringRule {
  kArea,  // stones on the board plus empty regions that touch one colour only; all stones count as
          // alive (Tromp and Taylor, "The logical rules of Go", https://tromp.github.io/go.html)
};

// A rule set of Go.
struct Rules {
  KoRule ko = KoRule::kPositional;
  SuicideRule suicide = SuicideRule::kNone;
  ScoringRule scoring = ScoringRule::kArea;
  int half_komi = 14;  // points given to White, times two

  double komi() const { return 0.5 * half_komi; }
  bool operator==(const Rules&) const = default;

  // Canonical text, e.g. "ko=positional,suicide=none,komi=7".
  std::string Text() const;

  // Parses Text() with any part missing (defaults above) and in any order.
  static Result<Rules> Parse(std::string_view text);

  // Takes the options ko, suicide and komi. Bad values are remembered by `options`, except a komi
  // that is no multiple of a half, which is the error returned.
  static Result<Rules> Take(GameOptions& options);
};

std::string_view KoText(KoRule ko);                 // "positional"
std::string_view SuicideText(SuicideRule suicide);  // "none"
std::string KomiText(int half_komi);                // "7", "6.5", "-0.5"

}  // namespace tengen

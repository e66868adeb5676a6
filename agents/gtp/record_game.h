#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/gtp/gtp_game.h"
#include "envs/core/result.h"
#include "envs/go/rule_names.h"
#include "envs/go/sgf_replay.h"

namespace tengen {

// A game record as a game: its moves one by one (SgfFollower), under its rules, with the history
// and the handicap that they make. Everything that plays, analyses or shows records goes this way.
// Not thread-safe.
class RecordGame {
 public:
  // Stands before the first move. `tree` must outlive it. `otherwise`: rules where RU says nothing
  // that is understood. Errors: as SgfFollower::Start.
  static Result<RecordGame> Start(const SgfTree& tree, const std::vector<int>& line,
                                  const NamedRules& otherwise);
  // Under these rules, whatever the record says.
  static Result<RecordGame> StartUnder(const Rules& rules, const SgfTree& tree,
                                       const std::vector<int>& line);

  // Goes on by one move; setup behind it belongs to it. False at the end, and where the record
  // cannot be followed (problem()).
  bool Next();

  // The position, its player to move by SgfPosition::to_move.
  GtpGame& game() { return game_; }
  const GtpGame& game() const { return game_; }
  // The position after the last move and before the setup behind it, for who judges that move; null
  // where there was none.
  GtpGame* before_setup() { return before_setup_ ? &*before_setup_ : nullptr; }

  const SgfFollower& follower() const { return follower_; }
  const NamedRules& rules() const { return rules_.named; }
  const std::optional<SgfProblem>& problem() const { return follower_.problem(); }
  // What was taken otherwise than the record has it, or is against its rules, a sentence each.
  std::vector<std::string> Notes() const;

 private:
  RecordGame(const SgfTree& tree, SgfFollower follower, SgfRules rules);
  Status Begin();

  const SgfTree* tree_;
  SgfFollower follower_;
  SgfRules rules_;
  GtpGame game_;
  std::optional<GtpGame> before_setup_;
  int setups_ = 0;
};

}  // namespace tengen

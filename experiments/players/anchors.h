#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "experiments/statistics/rating.h"

namespace tengen {

// A fixed opponent of ladders: "random" (Elo 0 by definition), pure Monte Carlo tree search
// ("mcts:200"), and in Go programs from outside: "gnugo:10" is GNU Go at level 10,
// "katago-b6c96:100" KataGo's network g170-b6c96-s175395328-d26788732 with 100 visits in this
// project's search, "katago-b6c96:0" its raw policy.
struct Anchor {
  std::string name;
  std::string agent;  // as AgentSpec reads it; empty: from outside and not here
  double elo = 0.0;

  bool here() const { return !agent.empty(); }
};

// The anchors of one game, and what their Elo is worth.
struct AnchorList {
  std::vector<Anchor> anchors;     // weakest first
  std::vector<PairScore> matches;  // of one another, by index, as they were measured

  // Without matches the Elo is all that is known: it is taken as exact, so intervals of what is
  // placed on it are too narrow.
  bool errors_known() const { return !matches.empty(); }

  // Ratings of anchors and `agents` other players, found together, so that the errors of the
  // anchors are in those of the others. Players are numbered anchors first.
  RatingFit Rate(int agents, std::vector<PairScore> scores) const;
};

// Where the programs from outside are; empty paths: they are not here.
struct OutsidePrograms {
  std::filesystem::path gnugo;   // the program
  std::filesystem::path katago;  // the network file

  // `gnugo`, a path or a name in $PATH or /usr/games (empty: "gnugo", if it is there), and
  // `katago`, a network file or a folder with it (empty: none). Errors: one that was named is not
  // there.
  static Result<OutsidePrograms> Find(const std::string& gnugo,
                                      const std::filesystem::path& katago);
};

// All anchors that a game can have, weakest first as a rule.
std::vector<std::string> AnchorNames(const Game& game);

// The agent of an anchor in a game. Errors: it is from outside and not here.
Result<std::string> AnchorAgent(const std::string& name, const Game& game,
                                const OutsidePrograms& programs);

// The anchors whose Elo in this game was measured with `tengen ladder --measure-anchors` and kept
// in experiments/presets/anchors.json (anchor_file.h); empty where the game was not measured. Games
// that differ in komi alone are different games. `missing` (may be null) gets a sentence for each
// anchor from outside that is not here.
AnchorList MeasuredAnchors(const Game& game, const OutsidePrograms& programs,
                           std::vector<std::string>* missing);

}  // namespace tengen

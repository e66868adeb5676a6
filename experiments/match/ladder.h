#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/match/games_at_once.h"
#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/anchor_file.h"
#include "experiments/players/anchors.h"
#include "experiments/statistics/rating.h"

namespace tengen {

// What happened between two agents of a ladder, in the view of a.
struct LadderPair {
  std::string a;
  std::string b;
  MatchResult result;
};
using LadderProgress = std::function<void(const LadderPair&)>;

// Plays anchors against one another, each against the next two behind it, until every match of
// `record` has record.games games (rounded up to whole pairs); record.games, opening_plies and seed
// are those to play with, on `threads` processors. Matches that the record holds already
// are gone on with: pair k depends on the seed and k alone (and in the last digits of networks'
// answers on their batches, games_at_once.h), so it does not matter how often it was interrupted.
// `progress` (may be empty) is called after each kBlockPairs pairs at the latest, when
// `record` has them. `stop` (may be null) ends it after the games under way.
// Errors: an anchor cannot be opened.
inline constexpr int kBlockPairs = 10;
Status MeasureAnchors(const std::shared_ptr<const Game>& game, const std::vector<Anchor>& anchors,
                      int threads, AnchorRecord& record, const std::atomic<bool>* stop,
                      const LadderProgress& progress);

// An agent and its matches against anchors.
struct LadderEntry {
  std::string agent;
  std::vector<PairScore> scores;  // in its view (a is 0); b: index of the anchor
};

// Plays an agent against the anchors that are here. Starts against the middle one and goes up or
// down until a score lies between 10 and 90 % (or the ladder ends), then plays the neighbour on the
// nearer side, each on match.threads processors. After a `stop` (may be null) the entry holds what
// was played. Errors: an anchor cannot be opened; none is here.
Result<LadderEntry> PlaceOnLadder(const std::shared_ptr<const Game>& game,
                                  const AgentFactory& agent, const AnchorList& anchors,
                                  const MatchConfig& match, const std::atomic<bool>* stop,
                                  const LadderProgress& progress);

// Ratings of anchors and agents, found together: anchors first, then the entries in their order.
// Entries that played no pair have none.
RatingFit RateLadder(const AnchorList& anchors, const std::vector<LadderEntry>& entries);

}  // namespace tengen

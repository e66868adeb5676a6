#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/anchors.h"
#include "experiments/statistics/rating.h"

namespace tengen {

// What happened between two agents of a ladder.
struct LadderPair {
  std::string a;
  std::string b;
  MatchResult result;
};

struct LadderEntry {
  std::string agent;
  Rating rating;
  std::vector<LadderPair> pairs;
};

using LadderProgress = std::function<void(const LadderPair&)>;

// Elo of anchors in a game, the first one (random) 0: each plays the next two behind it,
// `match.games` games. `anchors` need no Elo. Errors: one of them cannot be opened.
Result<std::vector<LadderEntry>> MeasureAnchors(const std::shared_ptr<const Game>& game,
                                                const std::vector<Anchor>& anchors,
                                                const MatchConfig& match,
                                                const std::atomic<bool>* stop,
                                                const LadderProgress& progress);

// Elo of an agent against fixed anchors. Starts against the middle one and goes up or down until a
// score lies between 10 and 90 % (or the ladder ends), then plays the neighbour on the nearer side.
// Errors: an anchor cannot be opened.
Result<LadderEntry> PlaceOnLadder(const std::shared_ptr<const Game>& game,
                                  const AgentFactory& agent, const std::vector<Anchor>& anchors,
                                  const MatchConfig& match, const std::atomic<bool>* stop,
                                  const LadderProgress& progress);

}  // namespace tengen

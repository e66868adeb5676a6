#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/match/games_at_once.h"
#include "experiments/match/match.h"
#include "experiments/statistics/rating.h"
#include "nets/device.h"

// How strong AlphaGo's parts are together and alone (Silver et al. 2016, figure 4b and extended
// data table 7), and what the share of rollouts in a leaf's value does (figure 4c).

namespace tengen {

struct CombinationPlayer {
  std::string name;   // "policy+value", "lambda 0.25"
  std::string agent;  // as AgentSpec reads it
};

// Players and the matches between them, by their places among the players; the last player's
// rating is 0.
struct CombinationPlan {
  std::vector<CombinationPlayer> players;
  std::vector<std::pair<int, int>> matches;
};

struct CombinationLimits {
  int visits = 100;      // a move
  double seconds = 0.0;  // a move instead of visits, if more than 0
  double c_init = 0.0;   // PUCT's constant; 0: the agents' own
};

// Policy network, value network and rollouts: all three, the pairs, single ones, in this order.
// Where there is no policy network the rollout policy is the prior; the policy network alone plays
// without search. All three meet every pair, and every pair every single one. `policy` is "sl" or
// "rl".
CombinationPlan PartsPlan(const std::filesystem::path& run, const std::string& policy,
                          const CombinationLimits& limits);
// All three with lambda 1, 0.75, 0.5, 0.25 and 0 (rollouts' share); each meets the next two.
CombinationPlan LambdaPlan(const std::filesystem::path& run, const std::string& policy,
                           const CombinationLimits& limits);

// What was played of a plan, one for each match; matches that were played to the end before, with
// the same agents, games, opening and seed, are not played again.
struct CombinationResult {
  CombinationPlan plan;
  std::vector<PairScore> scores;  // of the matches that have games
  RatingFit fit;
};
using CombinationProgress =
    std::function<void(const CombinationPlayer& a, const CombinationPlayer& b, const Pentanomial&)>;

// Plays the plan (match.threads goes by `parallel`); a file (may be "") keeps whole matches. `stop`
// ends it after the games under way, of a match that was not played to the end nothing is kept.
// `progress` hears of each quarter of a match and of its end.
// Errors: an agent cannot be opened; the file is damaged. Throws NeedsNetworks (open_network.h),
// WorldError.
Result<CombinationResult> PlayCombinations(const std::shared_ptr<const Game>& game,
                                           const CombinationPlan& plan, MatchConfig match,
                                           const ParallelGames& parallel, Device device,
                                           const std::filesystem::path& file,
                                           const std::atomic<bool>& stop,
                                           const CombinationProgress& progress);

// Where the newest whole table of a run is kept for its report.
std::filesystem::path PartsFile(const std::filesystem::path& run);
std::filesystem::path LambdaFile(const std::filesystem::path& run);

// {"rows": [{"name", "agent", "elo", "half_width"}], "differences": [{"a", "b", "elo",
// "half_width"}] of all pairs of players, "matches": [{"a", "b", "pairs": [5 counts]}]}.
nlohmann::ordered_json CombinationJson(const CombinationResult& result);
// The same as a table for people.
std::string CombinationText(const CombinationResult& result);

}  // namespace tengen

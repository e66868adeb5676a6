#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"

namespace tengen {

// One action with its probability in a search policy.
struct PolicyEntry {
  Action action = kNoAction;
  float probability = 0.0F;

  bool operator==(const PolicyEntry&) const = default;
};

// One decision of a game. Values are from the view of the player to move.
struct RecordedPly {
  Action action = kNoAction;
  int visits = 0;           // simulations spent on this move; 0 = opening or restart, not searched
  bool full = false;        // full search (with exploration), not a cheap one
  bool sample = false;      // a training position: `policy` is its target
  float root_value = 0.0F;  // of the search (SearchResult)
  float raw_value = 0.0F;   // the evaluator's
  float raw_score = 0.0F;   // the evaluator's expected score in points
  // Of a training position: KL(policy || the evaluator's prior), nats. 0: none, or not known (older
  // records).
  float surprise = 0.0F;
  // The search's improved policy, ascending by action, entries above 0 only; sums to 1. Empty
  // unless `sample`.
  std::vector<PolicyEntry> policy;

  bool operator==(const RecordedPly&) const = default;
};

// From its evaluation batch number `first_batch` on (0 = its first), at ply `first_ply`, the game
// was played with the network of this learner step. A step names one network for as long as its run
// is not killed; the steps after its newest saved state then come again, with other weights. The
// hash tells them apart.
struct NetUse {
  int first_ply = 0;
  std::int64_t first_batch = 0;
  std::int64_t step = 0;
  std::string hash = "";  // of the weights, see Sha256; "" = not known

  bool operator==(const NetUse&) const = default;
};

enum class GameEnd {
  kRules,        // the rules ended it
  kResign,       // the player to move after the last ply resigned
  kTruncated,    // the time limit cut it off (GameSpec::truncates)
  kAdjudicated,  // the result was given: by agreement, on time, or whoever was to move resigned
};

// One finished game: enough to rebuild every input and target of training (planes
// are not stored, so encoders may change), and, with the configuration and the networks, to play it
// again from its seed.
struct GameRecord {
  std::string game_id;  // MakeGame(game_id): size, komi and rules included

  // The stream that all choices were drawn from: Rng(seed, role, stream).
  std::uint64_t seed = 0;
  RngRole role = RngRole::kSelfPlay;
  std::uint64_t stream = 0;

  std::vector<NetUse> nets;  // ascending by first_batch; empty if nothing was evaluated
  std::vector<RecordedPly> plies;

  GameEnd end = GameEnd::kRules;
  // Undiscounted return of the first player; with two players +1, 0 or -1. Who resigns loses.
  float return_first = 0.0F;
  // Games with area that the rules ended: owner of each point and the first player's score, komi
  // included. Otherwise empty and 0. In a game whose result was given nobody counted, also where
  // the rules would have ended it there.
  std::vector<Cell> owner;
  float score_first = 0.0F;

  // Resignation. A share of games is played on to the end to measure how often resigning would have
  // been wrong.
  bool plays_on = false;
  // First ply at which each player, to move, would have resigned (or did); -1 = never.
  std::array<int, 2> resign_ply = {-1, -1};

  bool operator==(const GameRecord&) const = default;

  int sample_count() const;
};

// Whether resigning would have been wrong: the game was played on, somebody would have resigned,
// and the first who would have did not lose.
bool IsFalseResignation(const GameRecord& record);

// Compact binary form (CBOR, RFC 8949) and text form (one line of JSON) of the same fields.
std::string RecordToCbor(const GameRecord& record);
std::string RecordToJson(const GameRecord& record);
// Errors: not CBOR or JSON, a field missing or of the wrong type or range (numbers that are not
// finite too), an unknown version. Any bytes are read safely.
Result<GameRecord> RecordFromCbor(std::string_view bytes);
Result<GameRecord> RecordFromJson(std::string_view text);

// The position before ply `ply` (0 = start, plies.size() = end). `game` must be of the record's id
// and outlive the state. REQUIRES: 0 <= ply <= plies.size(), the moves are legal.
std::unique_ptr<State> ReplayTo(const Game& game, const GameRecord& record, int ply);

// Replays the whole record and compares the result, area and policies with the rules; looks for
// numbers that are not finite and for plies that the game does not have. What passes can be stored
// and trained on, whoever sent it. The error says which ply or field is wrong.
Status CheckRecord(const GameRecord& record);

}  // namespace tengen

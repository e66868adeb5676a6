#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/alphago/local_patterns.h"
#include "envs/go/go_game.h"

namespace tengen {

// Numbers of the features that every linear policy has; the patterns it knows follow.
struct LinearFeature {
  static constexpr int kNearest = 2;  // dx + dy + max(dx, dy) of neighbours
  static constexpr int kDistances = 16;
  static constexpr int kLast = 0;  // distance to the last move, see DistanceFeature
  static constexpr int kPrevious = kLast + kDistances;   // to the own move before it
  static constexpr int kPlace = kPrevious + kDistances;  // rows from the edges, see PlaceFeature
  static constexpr int kPlaces = 15;
  static constexpr int kTake = kPlace + kPlaces;  // captures 1, 2, 3 or more stones
  static constexpr int kExtend = kTake + 3;       // gives 1, 2 or more stones in atari liberties
  static constexpr int kSelfAtari = kExtend + 2;  // puts 1, 2 or more own stones in atari
  // The last move put a chain in atari: this gives it liberties, or captures one beside it.
  static constexpr int kSaveByExtending = kSelfAtari + 2;
  static constexpr int kSaveByTaking = kSaveByExtending + 1;
  static constexpr int kTakeLast = kSaveByTaking + 1;  // captures the last move's chain
  static constexpr int kCount = kTakeLast + 1;

  // dx + dy + max(dx, dy) (Coulom 2007, "Computing Elo ratings of move patterns"), 17 at most, from
  // kNearest. REQUIRES: the two differ.
  static int DistanceFeature(int rows, int columns);
  // By the distances to the two nearest sides, each 1 to 5.
  static int PlaceFeature(BoardShape shape, int index);
  // -1 where there is none.
  static int TakeFeature(const Tactics& tactics);
  static int ExtendFeature(const Tactics& tactics);
  static int SelfAtariFeature(const Tactics& tactics);
};

// The codes that a policy has weights for, all from the view of the player to move, canonical,
// ascending.
struct LinearWords {
  std::vector<std::int32_t> patterns;   // 3x3 around the point
  std::vector<std::int32_t> near;       // the same, where the last move is one of the 8 points
  std::vector<std::int32_t> responses;  // ResponseCode with a place

  bool operator==(const LinearWords&) const = default;
};

// Numbers for features. Immutable, safe to share between threads.
class LinearFeatures {
 public:
  explicit LinearFeatures(LinearWords words);

  const LinearWords& words() const { return words_; }
  int size() const;

  // Of a pattern as the first player sees it: its number when he is to move, and when the second
  // player is. Any of its symmetric versions has the same; -1 is a code without weight.
  using OfPlayers = std::array<std::int32_t, 2>;
  const OfPlayers& Pattern(PatternCode code) const { return patterns_[code]; }
  const OfPlayers& Near(PatternCode code) const { return near_[code]; }
  // From the view of the player to move.
  std::int32_t Response(ResponseCode code) const {
    std::size_t slot = HashOf(code);
    while (responses_[slot].code != code && responses_[slot].number >= 0) {
      slot = (slot + 1) & (responses_.size() - 1);
    }
    return responses_[slot].number;
  }

 private:
  struct ResponseSlot {
    ResponseCode code;
    std::int32_t number;  // -1: free
  };

  void AddResponses(int first);
  std::size_t HashOf(ResponseCode code) const {
    return static_cast<std::size_t>((code * 0x9e3779b97f4a7c15ULL) >> hash_shift_);
  }

  LinearWords words_;
  std::vector<OfPlayers> patterns_;  // by code
  std::vector<OfPlayers> near_;
  std::vector<ResponseSlot> responses_;  // open addressing
  int hash_shift_ = 0;
};

// Which moves a linear policy chooses among. The pass is never one of them.
enum class LinearMoves {
  kLegal,
  kNoOwnEyes,  // legal, and not eye-like for the player (GoBoard::IsEyeLike): rollouts, self-play
};

// The codes of all moves of one position.
struct MoveCodes {
  Action action = kNoAction;
  Point point = kNoPoint;
  PatternCode pattern = 0;    // as the first player sees it
  bool is_near = false;       // the last move is one of the 8 points around
  bool is_response = false;   // it is one of the 12
  ResponseCode response = 0;  // from the view of the player to move
  // Features below LinearFeature::kCount.
  std::array<std::int16_t, 9> fixed{};
  int fixed_count = 0;

  std::span<const std::int16_t> fixed_features() const {
    return std::span(fixed).first(static_cast<std::size_t>(fixed_count));
  }
};
// Replaces `out`; ascending by action.
void FindMoveCodes(const GoState& state, LinearMoves moves, std::vector<MoveCodes>& out);

// Feature numbers of all moves of a position, one move after the other.
struct MoveFeatures {
  std::vector<Action> actions;
  std::vector<std::int32_t> features;
  std::vector<std::int32_t> begin;  // of each action in `features`, and the end

  std::span<const std::int32_t> of(std::size_t move) const {
    return std::span(features).subspan(static_cast<std::size_t>(begin[move]),
                                       static_cast<std::size_t>(begin[move + 1] - begin[move]));
  }
};
// Looks the codes of a player's moves up. Keeps the memory of `out`.
void FindFeatures(const LinearFeatures& known, std::span<const MoveCodes> codes, Player to_move,
                  MoveFeatures& out);

// Moves that answer an atari of the last move, see LinearFeature::kSave*.
struct AtariAnswers {
  static constexpr std::size_t kMost = 16;
  std::array<Point, kMost> extensions{};  // distinct, whether or not they gain a liberty
  std::size_t extension_count = 0;
  std::array<Point, kMost> captures{};  // distinct
  std::size_t capture_count = 0;
};
// REQUIRES: `last` holds a stone of the opponent of `to_move`.
void FindAtariAnswers(const GoBoard& board, Point last, Player to_move, AtariAnswers& out);

}  // namespace tengen

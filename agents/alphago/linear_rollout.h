#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/alphago/linear_policy.h"
#include "search/rollout_policy.h"

namespace tengen {

// exp(weight) of every feature of a policy: a move's chance is proportional to the product of its
// factors. Immutable, safe to share between threads.
class LinearFactors {
 public:
  explicit LinearFactors(const LinearPolicy& policy);

  const LinearFeatures& features() const { return *features_; }
  // Of a feature's number; 1 for -1.
  float Of(int feature) const { return factors_[static_cast<std::size_t>(feature + 1)]; }

 private:
  std::shared_ptr<const LinearFeatures> features_;
  std::vector<float> factors_;  // from number -1 on
};

// Draws moves of Go from a linear policy, among LinearMoves::kNoOwnEyes; passes where there are
// none. Factors of patterns and tactics are kept for every empty point and both players, and made
// anew only where a move changed what they see: around the stone, around captured stones, and at
// the liberties of chains that have or had fewer than three. What hangs on the last two moves is
// multiplied in for each choice.
class LinearRolloutPolicy final : public RolloutPolicy {
 public:
  explicit LinearRolloutPolicy(std::shared_ptr<const LinearFactors> factors);

  // REQUIRES: a GoState.
  void Begin(const State& start) override;
  Action Choose(const State& state, Rng& rng) override;
  // Takes in the last move of `state`, if it does not know it: one that somebody else chose.
  void Follow(const GoState& state);

  // The products of all factors for the player to move, by action, 0 where a stone stands. Legality
  // and eyes are looked at only when a move is drawn. `state` as for Choose; valid until the next
  // call.
  std::span<const float> Factors(const GoState& state);

 private:
  static constexpr int kLanes = 8;  // points are taken together as the processor does
  static constexpr std::size_t kMaxPadded = (GoBoard::kMaxPoints + kLanes) / kLanes * kLanes;

  void SetGame(const GoGame& game);
  void ReadBoard(const GoBoard& board);
  void FollowStone(const GoBoard& board, Point p);
  void FollowCaptures(const GoBoard& board);
  void VisitChain(const GoBoard& board, Point stone);
  void MarkChanged(const GoBoard& board, Point p);
  void MarkAround(const GoBoard& board, Point p);
  void RenewChanged(const GoBoard& board);
  void RenewPoint(const GoBoard& board, Point p);
  void MultiplyDistances(const GoState& state);
  void MultiplyAnswers(const GoState& state);
  void Scale(Point p, float factor);
  Action Draw(const GoState& state, Rng& rng);

  PointClass& ClassAt(Point p) { return classes_[static_cast<std::size_t>(p)]; }
  std::size_t IndexOf(Point p) const { return index_of_[static_cast<std::size_t>(p)]; }

  const std::shared_ptr<const LinearFactors> factors_;

  // Constant for one game.
  const GoGame* game_ = nullptr;
  std::shared_ptr<const Game> game_owner_;
  BoardShape shape_ = {0, 0};
  std::size_t padded_ = 0;  // points, rounded up to kLanes
  // Rows of padded_ factors: for each point, of the distance to it from everywhere; the last row is
  // for no move.
  std::vector<float> last_distance_;
  std::vector<float> previous_distance_;
  std::array<float, kMaxPadded> place_{};
  std::array<std::uint16_t, GoBoard::kMaxSlots> index_of_{};

  // The position after ply_.
  int ply_ = -1;
  std::array<int, 2> removed_ = {0, 0};
  std::array<PointClass, GoBoard::kMaxSlots> classes_{};
  std::array<PatternCode, kMaxPadded>
      patterns_{};  // as the first player sees them; at empty points
  alignas(32) std::array<std::array<float, kMaxPadded>, 2> kept_{};  // by player

  // Points whose factors must be made anew.
  std::array<std::uint16_t, GoBoard::kMaxSlots> changed_{};
  std::size_t changed_count_ = 0;
  std::array<bool, GoBoard::kMaxSlots> is_changed_{};

  // For the choice at hand.
  alignas(32) std::array<float, kMaxPadded> product_{};
  AtariAnswers answers_;
};

}  // namespace tengen

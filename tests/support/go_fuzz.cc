#include "tests/support/go_fuzz.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "envs/go/go_game.h"
#include "envs/go/scoring.h"
#include "tests/support/reference_go_board.h"

namespace tengen {
namespace {

// The hash that a board with these stones has when it is set up from nothing.
std::uint64_t FreshHash(BoardShape shape, const std::string& stones) {
  GoSetup setup;
  setup.shape = shape;
  for (int row = 0; row < shape.rows; ++row) {
    setup.diagram.push_back(stones.substr(static_cast<std::size_t>(row * shape.columns),
                                          static_cast<std::size_t>(shape.columns)));
  }
  return GoGame::Make(std::move(setup)).value()->NewState()->PositionHash();
}

std::string Stones(const GoState& state) {
  std::vector<Cell> cells(static_cast<std::size_t>(state.game().spec().shape.points()));
  state.Board(cells);
  std::string stones;
  for (const Cell cell : cells) stones += ".XO"[static_cast<int>(cell)];
  return stones;
}

class Fuzzer {
 public:
  Fuzzer(BoardShape shape, const Rules& rules, std::uint64_t seed)
      : shape_(shape), rules_(rules), rng_(seed, RngRole::kTest) {
    GoSetup setup;
    setup.shape = shape;
    setup.rules = rules;
    game_ = GoGame::Make(std::move(setup)).value();
    dirty_ = game_->NewState();
  }

  void PlayGame() {
    const auto start = game_->NewState();
    GoState& state = static_cast<GoState&>(*start);
    ReferenceGoBoard reference(shape_, rules_, Player::kFirst);
    while (!state.IsTerminal()) {
      // The reference needs a second for one look at every point of a large board.
      if (shape_.points() <= 100 || rng_.Below(64) == 0) Compare(state, reference);
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << rules_.Text() << "\n" << state.Text();
        return;
      }
      Step(state, reference);
      ++counts_.plies;
    }
    EXPECT_TRUE(reference.consecutive_passes() == 2 || state.Ply() == 3 * shape_.points());
    EXPECT_EQ(state.HalfScore(), 2 * reference.AreaScore() - rules_.half_komi);
  }

  const GoFuzzCounts& counts() const { return counts_; }

 private:
  void Compare(const GoState& state, const ReferenceGoBoard& reference) {
    ASSERT_EQ(Stones(state), reference.board());
    ASSERT_EQ(state.ToMove(), reference.to_move());
    EXPECT_EQ(state.PositionHash(), FreshHash(shape_, reference.board()));
    std::vector<Action> legal;
    for (Action action = 0; action < game_->pass(); ++action) {
      ComparePoint(state, reference, action);
      if (reference.IsLegal(action)) legal.push_back(action);
    }
    legal.push_back(game_->pass());
    std::vector<Action> actions;
    state.LegalActions(actions);
    EXPECT_EQ(actions, legal);
    if (rng_.Below(8) == 0) {
      EXPECT_EQ(AreaScore(state.board()), reference.AreaScore());
      CompareCopy(state);
    }
  }

  void ComparePoint(const GoState& state, const ReferenceGoBoard& reference, Action action) {
    const Point p = game_->PointOf(action);
    EXPECT_EQ(state.IsLegal(action), reference.IsLegal(action)) << game_->ActionText(action);
    if (reference.board()[static_cast<std::size_t>(action)] != '.') {
      EXPECT_EQ(state.board().Liberties(p), reference.Liberties(action));
      EXPECT_FALSE(state.IsKoBanned(action));
      return;
    }
    const auto outcome = reference.After(action);
    const bool banned =
        reference.IsSuicideLegal(outcome.own_stones_taken) && reference.IsRepetition(outcome.board);
    EXPECT_EQ(state.IsKoBanned(action), banned) << game_->ActionText(action);
    if (!banned) return;
    ++counts_.ko_bans;
    if (outcome.own_stones_taken > 0) {
      ++counts_.bans_of_suicide;
    } else if (outcome.opponent_stones_taken == 0) {
      ++counts_.bans_without_capture;
    }
  }

  // A copy over the remains of another position behaves as the original.
  void CompareCopy(const GoState& state) {
    dirty_->CopyFrom(state);
    EXPECT_EQ(dirty_->InputKey(), state.InputKey());
    EXPECT_EQ(state.Clone()->InputKey(), state.InputKey());
    std::vector<Action> actions, copied;
    state.LegalActions(actions);
    dirty_->LegalActions(copied);
    EXPECT_EQ(actions, copied);
    const Action action = actions[rng_.Below(static_cast<std::uint32_t>(actions.size()))];
    const auto next = state.Clone();
    next->Apply(action);
    dirty_->Apply(action);
    EXPECT_EQ(dirty_->PositionHash(), next->PositionHash());
    EXPECT_EQ(dirty_->Text(), next->Text());
  }

  // Mostly plays, so that boards fill up and are fought over; passes are rare.
  void Step(GoState& state, ReferenceGoBoard& reference) {
    std::vector<Action> actions;
    state.LegalActions(actions);
    const bool pass = actions.size() == 1 || rng_.Below(16) == 0;
    if (pass) {
      state.Apply(game_->pass());
      reference.Pass();
      return;
    }
    const Action action = actions[rng_.Below(static_cast<std::uint32_t>(actions.size() - 1))];
    const Player mover = state.ToMove();
    const auto outcome = reference.After(action);
    const GoBoard before = state.board();
    const Point p = game_->PointOf(action);
    state.Apply(action);
    reference.Play(action);
    EXPECT_EQ(before.HashAfter(p, mover, before.Classify(p, mover)), state.PositionHash());
    EXPECT_EQ(state.board().removed(mover) - before.removed(mover), outcome.own_stones_taken);
    EXPECT_EQ(state.board().removed(Opponent(mover)) - before.removed(Opponent(mover)),
              outcome.opponent_stones_taken);
    counts_.captures += outcome.opponent_stones_taken;
    counts_.multi_suicides += outcome.own_stones_taken > 0 ? 1 : 0;
  }

  BoardShape shape_;
  Rules rules_;
  Rng rng_;
  std::shared_ptr<const GoGame> game_;
  std::unique_ptr<State> dirty_;
  GoFuzzCounts counts_;
};

}  // namespace

GoFuzzCounts FuzzGo(BoardShape shape, const Rules& rules, int games, std::uint64_t seed) {
  Fuzzer fuzzer(shape, rules, seed);
  for (int game = 0; game < games && !::testing::Test::HasFailure(); ++game) fuzzer.PlayGame();
  return fuzzer.counts();
}

}  // namespace tengen

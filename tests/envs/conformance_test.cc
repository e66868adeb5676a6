// What every registered game must do, whatever its rules. One instance per example id in the
// registry; a new game is tested by its row there.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "tests/support/allocation_counter.h"

namespace tengen {
namespace {

std::vector<std::string> AllExampleIds() {
  std::vector<std::string> ids;
  for (const RegisteredGame& game : RegisteredGames()) {
    ids.insert(ids.end(), game.example_ids.begin(), game.example_ids.end());
  }
  return ids;
}

// Test names may hold letters, digits and underscores only.
std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class Conformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto made = MakeGame(GetParam());
    ASSERT_TRUE(made.ok()) << made.error();
    game_ = *made;
  }

  const GameSpec& spec() const { return game_->spec(); }

  static std::vector<Action> LegalActions(const State& state) {
    std::vector<Action> actions;
    state.LegalActions(actions);
    return actions;
  }

  std::vector<Cell> BoardOf(const State& state) const {
    std::vector<Cell> board(static_cast<std::size_t>(spec().shape.points()));
    state.Board(board);
    return board;
  }

  Action RandomAction(const State& state) {
    const std::vector<Action> actions = LegalActions(state);
    return actions[rng_.Below(static_cast<std::uint32_t>(actions.size()))];
  }

  // Plays a random game; `visit(state)` sees each position from the start to the terminal one.
  template <typename Visit>
  void PlayRandomGame(Visit visit) {
    const std::unique_ptr<State> state = game_->NewState();
    visit(*state);
    while (!IsOver(*state)) {
      ASSERT_LT(state->Ply(), spec().max_plies);
      state->Apply(RandomAction(*state));
      visit(*state);
    }
  }

  // Everything that the interface tells of two positions.
  void ExpectEqual(const State& a, const State& b) const {
    EXPECT_EQ(BoardOf(a), BoardOf(b));
    EXPECT_EQ(a.Ply(), b.Ply());
    EXPECT_EQ(a.IsTerminal(), b.IsTerminal());
    EXPECT_EQ(LegalActions(a), LegalActions(b));
    EXPECT_EQ(a.Reward(), b.Reward());
    for (const Player player : {Player::kFirst, Player::kSecond}) {
      EXPECT_EQ(a.Return(player), b.Return(player));
    }
    EXPECT_EQ(a.PositionHash(), b.PositionHash());
    EXPECT_EQ(a.InputKey(), b.InputKey());
    EXPECT_EQ(a.Text(), b.Text());
    if (!a.IsTerminal() && !b.IsTerminal()) {
      EXPECT_EQ(a.ToMove(), b.ToMove());
    }
  }

  std::shared_ptr<const Game> game_;
  Rng rng_{20240501, RngRole::kTest};
};

TEST_P(Conformance, SpecIsConsistent) {
  const int points = spec().shape.points();
  switch (spec().policy) {
    case PolicyLayout::kPoints:
      EXPECT_EQ(spec().num_actions, points);
      break;
    case PolicyLayout::kPointsAndPass:
      EXPECT_EQ(spec().num_actions, points + 1);
      break;
    case PolicyLayout::kColumns:
      EXPECT_EQ(spec().num_actions, spec().shape.columns);
      break;
    case PolicyLayout::kDense:
      EXPECT_GT(spec().num_actions, 0);
      break;
  }
  EXPECT_GT(spec().max_plies, 0);
  EXPECT_LT(spec().min_return, spec().max_return);
  EXPECT_TRUE(spec().symmetries.Contains(Symmetry()));
  EXPECT_EQ(GetParam().substr(0, GetParam().find(':')), spec().name);
}

TEST_P(Conformance, IdMakesTheSameGameAgain) {
  auto again = MakeGame(spec().id);
  ASSERT_TRUE(again.ok()) << again.error();
  const GameSpec& other = (*again)->spec();
  EXPECT_EQ(other.name, spec().name);
  EXPECT_EQ(other.id, spec().id);
  EXPECT_EQ(other.shape, spec().shape);
  EXPECT_EQ(other.num_actions, spec().num_actions);
  EXPECT_EQ(other.num_players, spec().num_players);
  EXPECT_EQ(other.policy, spec().policy);
  EXPECT_EQ(other.max_plies, spec().max_plies);
  EXPECT_EQ(other.has_area, spec().has_area);
  for (int i = 0; i < Symmetry::kCount; ++i) {
    EXPECT_EQ(other.symmetries.Contains(Symmetry(i)), spec().symmetries.Contains(Symmetry(i)));
  }
  ExpectEqual(*(*again)->NewState(), *game_->NewState());
}

TEST_P(Conformance, UnknownOptionIsAnError) {
  const std::string id = GetParam() + (GetParam().find(':') == std::string::npos ? ":" : ",");
  const auto made = MakeGame(id + "colour=red");
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().find("colour"), std::string::npos) << made.error();
}

TEST_P(Conformance, LegalActionsAscendAndAgreeWithIsLegal) {
  for (int i = 0; i < 5; ++i) {
    PlayRandomGame([&](const State& state) {
      std::vector<Action> expected;
      for (Action action = 0; action < spec().num_actions; ++action) {
        if (state.IsLegal(action)) expected.push_back(action);
      }
      EXPECT_EQ(LegalActions(state), expected);
      EXPECT_EQ(expected.empty(), state.IsTerminal());
      EXPECT_FALSE(state.IsLegal(kNoAction));
      EXPECT_FALSE(state.IsLegal(spec().num_actions));
    });
  }
}

TEST_P(Conformance, PlyCountsAndPlayersAlternate) {
  const int first = Index(game_->NewState()->ToMove());  // White in handicap Go
  PlayRandomGame([&, ply = 0](const State& state) mutable {
    EXPECT_EQ(state.Ply(), ply);
    if (!state.IsTerminal()) {
      EXPECT_EQ(Index(state.ToMove()), (first + ply) % spec().num_players);
    }
    ++ply;
  });
}

TEST_P(Conformance, RewardsAddUpToReturns) {
  for (int i = 0; i < 20; ++i) {
    const std::unique_ptr<State> state = game_->NewState();
    EXPECT_EQ(state->Reward(), 0.0);
    double return_first = 0.0;
    while (!IsOver(*state)) {
      const Player mover = state->ToMove();
      state->Apply(RandomAction(*state));
      return_first += mover == Player::kFirst ? state->Reward() : -state->Reward();
      EXPECT_DOUBLE_EQ(state->Return(Player::kFirst), return_first);
      if (spec().num_players == 1) continue;
      EXPECT_EQ(state->Return(Player::kFirst) + state->Return(Player::kSecond), 0.0);
      if (!state->IsTerminal()) {
        EXPECT_EQ(state->Reward(), 0.0);
      } else {
        EXPECT_EQ(state->Reward(), state->Return(mover));
      }
    }
    EXPECT_GE(return_first, spec().min_return);
    EXPECT_LE(return_first, spec().max_return);
  }
}

TEST_P(Conformance, CopiesAreEqualAndIndependent) {
  // Copied into: a position with a past of its own.
  const std::unique_ptr<State> dirty = game_->NewState();
  while (!IsOver(*dirty)) dirty->Apply(RandomAction(*dirty));
  PlayRandomGame([&](const State& state) {
    const std::unique_ptr<State> clone = state.Clone();
    ExpectEqual(*clone, state);
    dirty->CopyFrom(state);
    ExpectEqual(*dirty, state);
    if (state.IsTerminal()) return;
    const std::string before = state.Text();
    const Key128 key = state.InputKey();
    const Action action = RandomAction(state);
    clone->Apply(action);
    dirty->Apply(action);
    ExpectEqual(*dirty, *clone);
    EXPECT_EQ(clone->Ply(), state.Ply() + 1);
    EXPECT_EQ(state.Text(), before);
    EXPECT_EQ(state.InputKey(), key);
    // Left played on for the next copy into it.
    while (!IsOver(*dirty)) dirty->Apply(RandomAction(*dirty));
  });
}

TEST_P(Conformance, ReplayGivesTheSamePositions) {
  for (int i = 0; i < 5; ++i) {
    const std::unique_ptr<State> state = game_->NewState();
    std::vector<Action> played;
    while (!IsOver(*state)) {
      played.push_back(RandomAction(*state));
      state->Apply(played.back());
    }
    const std::unique_ptr<State> replayed = game_->NewState();
    for (const Action action : played) {
      ASSERT_TRUE(replayed->IsLegal(action));
      replayed->Apply(action);
    }
    ExpectEqual(*replayed, *state);
  }
}

TEST_P(Conformance, PositionHashIsOneToOneWithBoards) {
  std::map<std::vector<Cell>, std::uint64_t> hash_of;
  std::map<std::uint64_t, std::vector<Cell>> board_of;
  for (int i = 0; i < 20; ++i) {
    PlayRandomGame([&](const State& state) {
      const std::vector<Cell> board = BoardOf(state);
      EXPECT_EQ(hash_of.emplace(board, state.PositionHash()).first->second, state.PositionHash());
      EXPECT_EQ(board_of.emplace(state.PositionHash(), board).first->second, board);
    });
  }
}

TEST_P(Conformance, InputKeyTellsPositionsApart) {
  struct Seen {
    std::vector<Cell> board;
    Player to_move;
    std::vector<Action> legal;
    bool operator==(const Seen&) const = default;
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, Seen> seen;
  for (int i = 0; i < 20; ++i) {
    PlayRandomGame([&](const State& state) {
      if (state.IsTerminal()) return;
      const Key128 key = state.InputKey();
      const Seen now{BoardOf(state), state.ToMove(), LegalActions(state)};
      EXPECT_EQ(seen.emplace(std::pair(key.high, key.low), now).first->second, now);
    });
  }
  // Neither half alone is constant.
  const Key128 start = game_->NewState()->InputKey();
  PlayRandomGame([&](const State& state) {
    if (state.Ply() != 1) return;
    EXPECT_NE(state.InputKey().high, start.high);
    EXPECT_NE(state.InputKey().low, start.low);
  });
}

TEST_P(Conformance, SymmetriesCommuteWithApply) {
  for (int n = 0; n < spec().symmetries.size(); ++n) {
    const Symmetry symmetry = spec().symmetries.Member(n);
    const std::unique_ptr<State> mapped = game_->NewState();
    const std::unique_ptr<State> state = game_->NewState();
    while (true) {
      const std::vector<Cell> board = BoardOf(*state);
      const std::vector<Cell> mapped_board = BoardOf(*mapped);
      for (int point = 0; point < spec().shape.points(); ++point) {
        ASSERT_EQ(mapped_board[static_cast<std::size_t>(symmetry.Map(spec().shape, point))],
                  board[static_cast<std::size_t>(point)])
            << "symmetry " << symmetry.index() << " of\n"
            << state->Text() << "is not\n"
            << mapped->Text();
      }
      std::vector<Action> expected = LegalActions(*state);
      for (Action& action : expected) action = spec().MapAction(symmetry, action);
      std::sort(expected.begin(), expected.end());
      ASSERT_EQ(LegalActions(*mapped), expected) << "symmetry " << symmetry.index();
      ASSERT_EQ(mapped->IsTerminal(), state->IsTerminal());
      ASSERT_EQ(mapped->Return(Player::kFirst), state->Return(Player::kFirst));
      if (state->IsTerminal()) break;
      const Action action = RandomAction(*state);
      state->Apply(action);
      mapped->Apply(spec().MapAction(symmetry, action));
    }
  }
}

TEST_P(Conformance, ActionTextReadsBack) {
  for (Action action = 0; action < spec().num_actions; ++action) {
    const std::string text = game_->ActionText(action);
    const auto parsed = game_->ParseAction(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error();
    EXPECT_EQ(*parsed, action) << text;
  }
  for (const char* text : {"", "?", "Z99", "-1", "999999999999", "1.5"}) {
    const auto parsed = game_->ParseAction(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().find("wanted"), std::string::npos) << parsed.error();
  }
}

TEST_P(Conformance, FinalAreaBelongsToFinishedAreaGames) {
  std::vector<Cell> owner(static_cast<std::size_t>(spec().shape.points()));
  PlayRandomGame([&](const State& state) {
    float score = 0.0F;
    if (!spec().has_area) {
      EXPECT_FALSE(state.FinalArea(owner, &score));
    } else if (state.IsTerminal()) {
      ASSERT_TRUE(state.FinalArea(owner, &score));
      const double sign = score > 0.0F ? 1.0 : score < 0.0F ? -1.0 : 0.0;
      EXPECT_EQ(state.Return(Player::kFirst), sign);
      float score_alone = 0.0F;
      ASSERT_TRUE(state.FinalArea({}, &score_alone));
      EXPECT_EQ(score_alone, score);
    }
  });
}

TEST_P(Conformance, PlayAndCopyDoNotAllocate) {
  std::vector<Action> actions;
  actions.reserve(static_cast<std::size_t>(spec().num_actions));
  const std::unique_ptr<State> state = game_->NewState();
  const std::unique_ptr<State> copy = game_->NewState();
  const std::int64_t before = AllocationCount();
  while (!IsOver(*state)) {
    state->LegalActions(actions);
    state->Apply(actions[rng_.Below(static_cast<std::uint32_t>(actions.size()))]);
    copy->CopyFrom(*state);
  }
  EXPECT_EQ(AllocationCount() - before, 0) << "in a game of " << state->Ply() << " plies";
}

INSTANTIATE_TEST_SUITE_P(Games, Conformance, testing::ValuesIn(AllExampleIds()), TestName);

// The counter itself counts, or the test above could not fail.
TEST(AllocationCounter, CountsHeapTraffic) {
  const std::shared_ptr<const Game> game = MakeGame("tictactoe").value();
  const std::int64_t before = AllocationCount();
  const std::unique_ptr<State> state = game->NewState();
  EXPECT_GT(AllocationCount(), before);
}

}  // namespace
}  // namespace tengen

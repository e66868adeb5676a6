#include "tests/support/go_fuzz.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "envs/go/handicap.h"
#include "envs/go/scoring.h"
#include "tests/support/reference_go_board.h"
#include "tests/support/reference_go_score.h"

namespace tengen {
namespace {

constexpr int kSmall = 36;  // points up to which everything is compared after every move

std::uint32_t Size(std::size_t size) { return static_cast<std::uint32_t>(size); }

std::string Flat(const GoSetup& setup) {
  std::string stones;
  for (const std::string& row : setup.diagram) stones += row;
  return stones.empty() ? std::string(static_cast<std::size_t>(setup.shape.points()), '.') : stones;
}

std::vector<std::string> Rows(BoardShape shape, const std::string& stones) {
  std::vector<std::string> rows;
  for (int row = 0; row < shape.rows; ++row) {
    rows.push_back(stones.substr(static_cast<std::size_t>(row * shape.columns),
                                 static_cast<std::size_t>(shape.columns)));
  }
  return rows;
}

// The hash that a board with these stones has when it is set up from nothing.
std::uint64_t FreshHash(BoardShape shape, const std::string& stones) {
  GoBoard board(shape);
  for (int i = 0; i < shape.points(); ++i) {
    const char stone = stones[static_cast<std::size_t>(i)];
    if (stone == '.') continue;
    board.Play(board.PointAt(i / shape.columns, i % shape.columns),
               stone == 'X' ? Player::kFirst : Player::kSecond);
  }
  return board.hash();
}

std::string Letters(const std::vector<Cell>& cells) {
  std::string letters;
  for (const Cell cell : cells) letters += ".XO"[static_cast<int>(cell)];
  return letters;
}

class Fuzzer {
 public:
  Fuzzer(const GoSetup& setup, std::uint64_t seed)
      : setup_(setup),
        shape_(setup.shape),
        rules_(setup.rules),
        points_(setup.shape.points()),
        scores_(setup.shape),
        cells_(static_cast<std::size_t>(points_)),
        rng_(seed, RngRole::kTest),
        game_(GoGame::Make(setup).value()),
        dirty_(game_->NewState()) {}

  void PlayGame() {
    const auto start = game_->NewState();
    GoState& state = static_cast<GoState&>(*start);
    ReferenceGoBoard reference(shape_, rules_, Flat(setup_), setup_.to_move);
    while (!state.IsTerminal()) {
      Compare(state, reference);
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << game_->spec().id << "\n" << state.Text();
        return;
      }
      Step(state, reference);
      ++counts_.plies;
    }
    EXPECT_TRUE(reference.consecutive_passes() == 2 || state.Ply() == 3 * points_);
    CompareResult(state, reference);
    ++counts_.games;
  }

  const GoFuzzCounts& counts() const { return counts_; }

 private:
  // Every time on small boards, else as often as keeps the cost of a move about the same.
  bool Sometimes() {
    return points_ <= kSmall || rng_.Below(static_cast<std::uint32_t>(points_)) < 8;
  }

  void Compare(const GoState& state, const ReferenceGoBoard& reference) {
    state.Board(cells_);
    ASSERT_EQ(Letters(cells_), reference.board());
    ASSERT_EQ(state.ToMove(), reference.to_move());
    for (const Player player : {Player::kFirst, Player::kSecond}) {
      EXPECT_EQ(state.board().removed(player), reference.removed(player));
    }
    ComparePoint(state, reference, static_cast<Action>(rng_.Below(Size(cells_.size()))));
    if (!Sometimes()) return;
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
    if (rng_.Below(8) != 0) return;
    CompareCopy(state);
    CompareScore(state, reference);
  }

  void ComparePoint(const GoState& state, const ReferenceGoBoard& reference, Action action) {
    const Point p = game_->PointOf(action);
    const bool legal = state.IsLegal(action);
    if (ReferenceGoGrid::At(reference.board(), action) != '.') {
      EXPECT_FALSE(legal) << game_->ActionText(action);
      EXPECT_EQ(state.board().Liberties(p), reference.Liberties(action));
      EXPECT_FALSE(state.IsKoBanned(action));
      return;
    }
    const auto outcome = reference.After(action);
    const bool suicide_legal = reference.IsSuicideLegal(outcome.own_stones_taken);
    const bool banned = suicide_legal && reference.IsRepetition(outcome.board);
    EXPECT_EQ(legal, suicide_legal && !banned) << game_->ActionText(action);
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
    const Action action = actions[rng_.Below(Size(actions.size()))];
    const auto next = state.Clone();
    next->Apply(action);
    dirty_->Apply(action);
    EXPECT_EQ(dirty_->PositionHash(), next->PositionHash());
    EXPECT_EQ(dirty_->Text(), next->Text());
  }

  // Area, and the parts of the score when the players agree that some random chains are dead.
  void CompareScore(const GoState& state, const ReferenceGoBoard& reference) {
    const GoBoard& board = state.board();
    const std::string area = scores_.Area(reference.board());
    const auto of = [&area](char c) { return std::count(area.begin(), area.end(), c); };
    EXPECT_EQ(AreaScore(board), of('X') - of('O'));
    AreaScore(board, cells_);
    EXPECT_EQ(Letters(cells_), area);

    std::set<int> dead;
    std::vector<Point> dead_points;
    for (const std::vector<int>& chain : reference.grid().Split(reference.board()).points) {
      if (ReferenceGoGrid::At(reference.board(), chain.front()) == '.' || rng_.Below(4) != 0) {
        continue;
      }
      dead.insert(chain.begin(), chain.end());
      for (const int point : chain) dead_points.push_back(game_->PointOf(point));
    }
    const GoScore score = ScoreGame(board, rules_.tax, dead_points, cells_);
    const auto wanted = scores_.Score(
        reference.board(), {reference.removed(Player::kFirst), reference.removed(Player::kSecond)},
        rules_.tax, dead);
    EXPECT_EQ(score.stones, wanted.stones);
    EXPECT_EQ(score.territory, wanted.territory);
    EXPECT_EQ(score.prisoners, wanted.prisoners);
    EXPECT_EQ(score.group_tax, wanted.group_tax);
    EXPECT_EQ(Letters(cells_), wanted.owner);
    EXPECT_EQ(score.Difference(rules_), ReferenceGoScore::Difference(wanted, rules_.scoring));
    ++counts_.scores;
    counts_.seki_taxes += wanted.seki ? 1 : 0;
  }

  void CompareResult(const GoState& state, const ReferenceGoBoard& reference) {
    std::set<int> dead;
    if (rules_.scoring == ScoringRule::kTerritory) {
      dead = scores_.PassDead(reference.board(), rules_.suicide);
      counts_.pass_dead += dead.empty() ? 0 : 1;
    }
    const auto parts = scores_.Score(
        reference.board(), {reference.removed(Player::kFirst), reference.removed(Player::kSecond)},
        rules_.tax, dead);
    const int compensation = rules_.half_komi + 2 * rules_.BonusPoints(setup_.handicap);
    const int half_score = 2 * ReferenceGoScore::Difference(parts, rules_.scoring) - compensation;
    EXPECT_EQ(state.HalfScore(cells_), half_score) << game_->spec().id << "\n" << state.Text();
    EXPECT_EQ(Letters(cells_), parts.owner);
    EXPECT_EQ(state.Return(Player::kFirst), (half_score > 0) - (half_score < 0));
  }

  // Mostly plays, so that boards fill up and are fought over; passes are rare.
  void Step(GoState& state, ReferenceGoBoard& reference) {
    std::vector<Action> actions;
    state.LegalActions(actions);
    const bool pass = actions.size() == 1 || rng_.Below(points_ <= kSmall ? 16 : 64) == 0;
    if (pass) {
      state.Apply(game_->pass());
      reference.Pass();
      return;
    }
    const Action action = actions[rng_.Below(Size(actions.size() - 1))];
    const Player mover = state.ToMove();
    const auto outcome = reference.After(action);
    EXPECT_TRUE(reference.IsSuicideLegal(outcome.own_stones_taken));
    EXPECT_FALSE(reference.IsRepetition(outcome.board));
    const GoBoard& before = state.board();
    const Point p = game_->PointOf(action);
    const std::uint64_t predicted = before.HashAfter(p, mover, before.Classify(p, mover));
    state.Apply(action);
    reference.Play(action);
    EXPECT_EQ(predicted, state.PositionHash());
    counts_.captures += outcome.opponent_stones_taken;
    counts_.multi_suicides += outcome.own_stones_taken > 0 ? 1 : 0;
  }

  GoSetup setup_;
  BoardShape shape_;
  Rules rules_;
  int points_;
  ReferenceGoScore scores_;
  std::vector<Cell> cells_;  // scratch
  Rng rng_;
  std::shared_ptr<const GoGame> game_;
  std::unique_ptr<State> dirty_;
  GoFuzzCounts counts_;
};

}  // namespace

GoFuzzCounts& GoFuzzCounts::operator+=(const GoFuzzCounts& other) {
  games += other.games;
  plies += other.plies;
  captures += other.captures;
  multi_suicides += other.multi_suicides;
  ko_bans += other.ko_bans;
  bans_without_capture += other.bans_without_capture;
  bans_of_suicide += other.bans_of_suicide;
  scores += other.scores;
  seki_taxes += other.seki_taxes;
  pass_dead += other.pass_dead;
  return *this;
}

GoFuzzCounts FuzzGo(const GoSetup& setup, int games, std::uint64_t seed) {
  Fuzzer fuzzer(setup, seed);
  for (int game = 0; game < games && !::testing::Test::HasFailure(); ++game) fuzzer.PlayGame();
  return fuzzer.counts();
}

GoSetup RandomGoSetup(BoardShape shape, const Rules& rules, Rng& rng) {
  GoSetup setup;
  setup.shape = shape;
  setup.rules = rules;
  const std::uint32_t kind = rng.Below(4);
  if (kind == 1 && MaxFixedHandicap(shape) >= 2) {
    const int stones =
        2 + static_cast<int>(rng.Below(static_cast<std::uint32_t>(MaxFixedHandicap(shape) - 1)));
    return WithHandicap(std::move(setup), FixedHandicap(shape, stones).value()).value();
  }
  if (kind == 2 && shape.points() > 2) {
    const int most = std::min(9, shape.points() - 1);
    const int stones = 2 + static_cast<int>(rng.Below(static_cast<std::uint32_t>(most - 1)));
    return WithHandicap(std::move(setup), FreeHandicap(shape, stones).value()).value();
  }
  while (kind == 3) {
    std::string stones;
    for (int i = 0; i < shape.points(); ++i) stones += "....XO"[rng.Below(6)];
    setup.diagram = Rows(shape, stones);
    setup.to_move = rng.Below(2) == 0 ? Player::kFirst : Player::kSecond;
    if (GoGame::Make(setup).ok()) break;  // else a chain has no liberty
  }
  return setup;
}

}  // namespace tengen

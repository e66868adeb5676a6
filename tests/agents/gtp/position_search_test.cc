#include "agents/gtp/position_search.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::SizeIs;

constexpr Player kBlack = Player::kFirst;
constexpr Player kWhite = Player::kSecond;

enum class Owners { kLeftIsBlack, kStones };

// Says that Black owns the left column, or either player the points of their stones; that Black
// leads by 3 and would win by 4 +- 2 in self-play; prefers the first legal move.
class LeftIsBlack : public Evaluator {
 public:
  explicit LeftIsBlack(Owners owners) : owners_(owners) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const float sign = evaluation.state->ToMove() == kBlack ? 1.0F : -1.0F;
      std::fill(evaluation.prior.begin(), evaluation.prior.end(),
                0.2F / static_cast<float>(evaluation.prior.size()));
      evaluation.prior[0] += 0.8F;
      evaluation.value = 0.2F * sign;
      evaluation.score = 3.0F * sign;
      for (std::size_t p = 0; p < evaluation.ownership.size(); ++p) {
        evaluation.ownership[p] = owners_ == Owners::kStones ? StoneAt(evaluation, p)
                                  : p % 5 == 0               ? sign
                                                             : 0.0F;
      }
      if (evaluation.details == nullptr) continue;
      evaluation.details->given = true;
      evaluation.details->score_mean = 4.0F * sign;
      evaluation.details->score_deviation = 2.0F;
    }
    return 0;
  }
  void Wait(Ticket) override {}

 private:
  // Of the player to move: 1, of the other: -1.
  static float StoneAt(const Evaluation& evaluation, std::size_t p) {
    const auto& state = static_cast<const GoState&>(*evaluation.state);
    const Cell cell = state.board().At(state.game().PointOf(static_cast<Action>(p)));
    if (cell != Cell::kFirst && cell != Cell::kSecond) return 0.0F;
    return (cell == Cell::kFirst) == (state.ToMove() == kBlack) ? 1.0F : -1.0F;
  }

  const Owners owners_;
};

class PositionSearchTest : public ::testing::Test {
 protected:
  PositionSearchTest() : game_(Game()), search_(Make()) {
    std::unique_ptr<State> state = game_->NewState();
    state_.reset(static_cast<GoState*>(state.release()));
    request_.root = state_.get();
    request_.visits = 40;
  }

  static std::shared_ptr<const GoGame> Game() {
    GoSetup setup;
    setup.shape = {5, 5};
    return GoGame::Make(std::move(setup)).value();
  }

  static PositionSearch Make(Owners owners = Owners::kLeftIsBlack, int batches = 1) {
    MctsConfig config;
    config.root = RootSelection::kPuct;
    config.leaf_batch = 4;
    config.batches = batches;
    return PositionSearch(std::make_shared<LeftIsBlack>(owners), config, 1);
  }

  Action Point(const char* text) const { return game_->ParseAction(text).value(); }

  // Moves with visits.
  std::vector<Action> Visited() const {
    std::vector<Action> moves;
    for (const MoveAnalysis& move : search_.Analysis().moves) {
      if (move.visits > 0) moves.push_back(move.action);
    }
    return moves;
  }

  std::shared_ptr<const GoGame> game_;
  std::unique_ptr<GoState> state_;
  PositionSearch search_;
  PositionSearchRequest request_;
};

// Behind each of Black's moves a stone of Black's stands there.
TEST_F(PositionSearchTest, BatchesUnderWayKeepTheirAnswersApart) {
  PositionSearch search = Make(Owners::kStones, /*batches=*/3);
  request_.root_temperature = 1e6;  // all moves alike: no stone is captured so near the root
  request_.moves_ownership = true;
  search.Run(request_);
  int seen = 0;
  for (const MoveAnalysis& move : search.Analysis().moves) {
    if (move.visits == 0 || move.action == game_->pass()) continue;
    ASSERT_THAT(move.ownership, SizeIs(25));
    EXPECT_EQ(move.ownership[static_cast<std::size_t>(move.action)], 1.0F) << move.action;
    ++seen;
  }
  EXPECT_GT(seen, 3);
}

TEST_F(PositionSearchTest, AnAnalysisTellsWhatTheSearchFound) {
  const SearchResult result = search_.Run(request_);
  const PositionAnalysis analysis = search_.Analysis();
  EXPECT_EQ(analysis.visits, 41);
  ASSERT_THAT(analysis.moves, SizeIs(26));
  EXPECT_EQ(analysis.moves[0].action, result.best);
  EXPECT_EQ(analysis.moves[0].line, result.principal_variation);
  EXPECT_EQ(analysis.moves[0].line_visits[0], analysis.moves[0].visits);
  for (std::size_t i = 2; i < 26; ++i) {
    EXPECT_GE(analysis.moves[i - 1].visits, analysis.moves[i].visits);
  }
  EXPECT_EQ(analysis.raw_value, 0.2F);
  EXPECT_TRUE(analysis.has_score);
  EXPECT_NEAR(analysis.score, 3.0F, 1e-4) << "Black's in every position";
  EXPECT_TRUE(analysis.details.given);
  ASSERT_TRUE(analysis.selfplay.has_value());
  EXPECT_NEAR(analysis.selfplay->mean, 4.0F, 1e-4);
  EXPECT_NEAR(analysis.selfplay->deviation, 2.0F, 1e-3);
  EXPECT_NEAR(analysis.moves[0].selfplay.mean, 4.0F, 1e-4) << "view of the root";
  EXPECT_NEAR(analysis.moves[0].selfplay.deviation, 2.0F, 1e-3);
  EXPECT_THAT(analysis.policy, SizeIs(26));
  EXPECT_NEAR(analysis.policy[0], 0.8F + 0.2F / 26, 1e-6);
}

TEST_F(PositionSearchTest, OwnershipIsAMeanInTheViewOfTheRoot) {
  for (const bool black : {true, false}) {
    if (!black) state_->Apply(Point("C3"));
    request_.ownership = true;
    search_.Run(request_);
    const std::vector<float> ownership = search_.Analysis().ownership;
    ASSERT_THAT(ownership, SizeIs(25));
    EXPECT_FLOAT_EQ(ownership[5], black ? 1.0F : -1.0F);
    EXPECT_FLOAT_EQ(ownership[6], 0.0F);
  }
  request_.ownership = false;
  search_.Run(request_);
  EXPECT_THAT(search_.Analysis().ownership, SizeIs(0));
}

TEST_F(PositionSearchTest, OwnershipOfAMoveIsTheMeanBehindIt) {
  search_ = Make(Owners::kStones);
  request_.ownership = true;
  request_.moves_ownership = true;
  request_.root_temperature = 100.0;  // many moves are tried
  request_.visits = 60;
  search_.Run(request_);
  const PositionAnalysis analysis = search_.Analysis();
  std::vector<double> sum(25, 0.0);
  int moves = 0;
  for (const MoveAnalysis& move : analysis.moves) {
    ASSERT_THAT(move.ownership, SizeIs(move.visits > 0 ? 25 : 0));
    if (move.visits == 0) continue;
    if (move.action != game_->pass()) {
      EXPECT_EQ(move.ownership[static_cast<std::size_t>(move.action)], 1.0F)
          << "Black's own stone stays";
    }
    for (std::size_t p = 0; p < 25; ++p) sum[p] += double{move.ownership[p]} * move.visits;
    ++moves;
  }
  EXPECT_GT(moves, 3);
  // The root itself, an empty board, is one position more.
  for (std::size_t p = 0; p < 25; ++p) {
    EXPECT_NEAR(double{analysis.ownership[p]} * analysis.visits, sum[p], 1e-3);
  }
  // Not asked for, not collected.
  request_.moves_ownership = false;
  search_.Run(request_);
  EXPECT_THAT(search_.Analysis().moves[0].ownership, SizeIs(0));
}

TEST_F(PositionSearchTest, AvoidedMovesAreNotLookedAt) {
  request_.limits.Avoid(kBlack, {Point("A5"), Point("B5")}, 1);
  search_.Run(request_);
  const std::vector<Action> visited = Visited();
  EXPECT_EQ(std::count(visited.begin(), visited.end(), Point("A5")), 0);
  EXPECT_GT(visited.size(), 2U);
  EXPECT_THAT(search_.Analysis().moves, SizeIs(24));
  EXPECT_THAT(search_.Analysis().policy, SizeIs(26)) << "of the evaluator, without limits";
  // The next search without limits knows all moves again.
  request_.limits = {};
  search_.Run(request_);
  EXPECT_THAT(search_.Analysis().moves, SizeIs(26));
}

TEST_F(PositionSearchTest, AllowedMovesAreTheOnlyOnesDownToTheirDepth) {
  request_.limits.Allow(kBlack, {Point("C3")}, 1);
  request_.limits.Allow(kWhite, {Point("D4"), Point("D3")}, 2);
  search_.Run(request_);
  EXPECT_THAT(Visited(), ElementsAre(Point("C3")));
  const std::vector<Action> line = search_.Analysis().moves[0].line;
  ASSERT_GE(line.size(), 3U);
  EXPECT_TRUE(line[1] == Point("D4") || line[1] == Point("D3"));
}

TEST_F(PositionSearchTest, WhereNothingIsAllowedTheRootIsEvaluatedAlone) {
  state_->Apply(Point("C3"));
  request_.limits.Allow(kWhite, {Point("C3")}, 1);  // a stone stands there
  (void)search_.Run(request_);
  EXPECT_THAT(search_.Analysis().moves, SizeIs(0));
  EXPECT_EQ(search_.Analysis().visits, 1);
  request_.limits = {};
  request_.limits.Allow(kWhite, {game_->pass()}, 1);
  request_.report = nullptr;
  search_.Run(request_);
  EXPECT_THAT(Visited(), ElementsAre(game_->pass()));
}

TEST_F(PositionSearchTest, TemperatureFlattensThePriorsOfTheRoot) {
  request_.root_temperature = 2.0;
  search_.Run(request_);
  const PositionAnalysis analysis = search_.Analysis();
  // 0.8077 to 0.0077 becomes the square root of that ratio.
  const double ratio = std::sqrt((0.8 + 0.2 / 26) / (0.2 / 26));
  float first = 0.0F;
  float other = 0.0F;
  double sum = 0.0;
  for (const MoveAnalysis& move : analysis.moves) {
    (move.action == 0 ? first : other) = move.prior;
    sum += move.prior;
  }
  EXPECT_NEAR(first / other, ratio, 1e-3);
  EXPECT_NEAR(sum, 1.0, 1e-5);
}

TEST_F(PositionSearchTest, StopsWhenAsked) {
  request_.visits = 1'000'000;
  int asked = 0;
  request_.stop = [&asked] { return ++asked == 3; };
  EXPECT_LT(search_.Run(request_).simulations, 20);
}

TEST_F(PositionSearchTest, ReportsWhileTheSearchGoesOn) {
  std::vector<int> visits;
  request_.report = [&](const SearchResult&) { visits.push_back(search_.Analysis().visits); };
  search_.Run(request_);
  ASSERT_GT(visits.size(), 2U);
  EXPECT_TRUE(std::is_sorted(visits.begin(), visits.end()));
  EXPECT_LT(visits.front(), 41);
}

TEST(WinRateTest, BoundsAreThoseOfAProportion) {
  EXPECT_EQ(WinRate(0.0), 0.5);
  EXPECT_EQ(WinRate(-1.5), 0.0);
  // 100 trials at one half: 1.96 sqrt((0.25 + 0.0025) / 100) below.
  EXPECT_NEAR(WinRateLowerBound(0.5, 100), 0.5 - 1.96 * std::sqrt(0.2525 / 100), 1e-12);
  EXPECT_EQ(WinRateLowerBound(0.9, 0), 0.0);
}

TEST(MoveLimitsTest, CountPerPlayerAndDepth) {
  MoveLimits limits;
  EXPECT_TRUE(limits.Permits(kBlack, 0, 7));
  EXPECT_FALSE(limits.HasAvoided(kBlack));
  limits.Avoid(kBlack, {7}, 2);
  limits.Allow(kWhite, {3, 1}, 1);
  EXPECT_FALSE(limits.Permits(kBlack, 1, 7));
  EXPECT_TRUE(limits.Permits(kBlack, 2, 7));
  EXPECT_TRUE(limits.Permits(kBlack, 0, 8));
  EXPECT_TRUE(limits.Permits(kWhite, 0, 1));
  EXPECT_FALSE(limits.Permits(kWhite, 0, 7));
  EXPECT_TRUE(limits.Permits(kWhite, 1, 7));
  EXPECT_TRUE(limits.HasAvoided(kBlack));
  EXPECT_FALSE(limits.HasAllowed(kBlack));
  EXPECT_FALSE(limits.HasAvoided(kWhite));
  EXPECT_TRUE(limits.HasAllowed(kWhite));
}

}  // namespace
}  // namespace tengen

#include "agents/alphago/policy_games.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/alphago/value_games.h"
#include "agents/zero/zero_samples.h"
#include "envs/core/mutex.h"
#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<const GoGame> MakeGo(const std::string& id) {
  return std::dynamic_pointer_cast<const GoGame>(MakeGame(id).value());
}

// Wants the first of its moves that is legal; counts by ply how often it is asked. Thread-safe.
class Wishes final : public Evaluator {
 public:
  explicit Wishes(std::vector<Action> moves = {}) : moves_(std::move(moves)) {}

  Ticket Submit(std::span<Evaluation> batch) override {
    const MutexLock lock(mutex_);
    for (Evaluation& evaluation : batch) {
      ++asked_[evaluation.state->Ply()];
      std::fill(evaluation.prior.begin(), evaluation.prior.end(), 0.0F);
      for (const Action move : moves_) {
        const auto at = std::find(evaluation.legal.begin(), evaluation.legal.end(), move);
        if (at == evaluation.legal.end()) continue;
        evaluation.prior[static_cast<std::size_t>(at - evaluation.legal.begin())] = 1.0F;
        break;
      }
    }
    return 0;
  }
  void Wait(Ticket) override {}

  const std::map<int, int>& asked() const { return asked_; }

 private:
  const std::vector<Action> moves_;
  Mutex mutex_;
  std::map<int, int> asked_;
};

//   . X .      both corners are Black's eyes: Black has no move but the pass, and White may not
//   X X X      play there at all (suicide).
//   X X X
GoSetup TwoEyes() {
  GoSetup setup;
  setup.shape = {3, 3};
  setup.rules.half_komi = 1;
  setup.diagram = {".X.", "XXX", "XXX"};
  return setup;
}

TEST(PlayableMoves, ArePointsThatFillNoOwnEyeOrElseThePass) {
  const auto game = GoGame::Make(TwoEyes()).value();
  const auto state = game->NewState();
  std::vector<Action> moves;
  PlayableMoves(static_cast<const GoState&>(*state), moves);
  EXPECT_THAT(moves, ElementsAre(9));
  const auto three = MakeGo("go:size=3");
  const auto empty = three->NewState();
  PlayableMoves(static_cast<const GoState&>(*empty), moves);
  EXPECT_THAT(moves, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
}

// Of 0.1 and 0.2 for two points and 0.7 for the pass, which is not playable, the points' chances
// are 1/3 and 2/3. Of 3000 draws the standard deviation is 0.0086.
TEST(PlayPolicyMoves, DrawsFromTheProbabilitiesOfPlayableMoves) {
  class Fixed final : public Evaluator {
   public:
    Ticket Submit(std::span<Evaluation> batch) override {
      for (Evaluation& evaluation : batch) {
        std::fill(evaluation.prior.begin(), evaluation.prior.end(), 0.0F);
        evaluation.prior[0] = 0.1F;
        evaluation.prior[1] = 0.2F;
        evaluation.prior[4] = 0.7F;
      }
      return 0;
    }
    void Wait(Ticket) override {}
  };
  const auto game = MakeGo("go:size=2");
  Fixed policy;
  std::vector<PolicyGame> games;
  for (std::uint64_t i = 0; i < 3000; ++i) games.emplace_back(*game, Rng(1, RngRole::kTest, i));
  std::vector<PolicyGame*> all;
  for (PolicyGame& each : games) all.push_back(&each);
  PlayPolicyMoves(policy, all);
  std::map<Action, int> count;
  for (const PolicyGame& each : games) ++count[each.moves.front()];
  EXPECT_NEAR(count[0] / 3000.0, 1.0 / 3.0, 0.035);
  EXPECT_NEAR(count[1] / 3000.0, 2.0 / 3.0, 0.035);
  EXPECT_EQ(count.size(), 2U);
}

TEST(PlayPolicyGames, ResultsAreTheLearnersAndColoursTakeTurns) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  Wishes learner({4});  // takes the centre if it can
  Wishes opponent({0});
  const GameRange range = {.seed = 5, .role = RngRole::kTest, .first = 7, .count = 12};
  const auto games = PlayPolicyGames(*game, learner, opponent, range);
  ASSERT_EQ(games.size(), 12U);
  std::set<float> results;
  for (std::size_t i = 0; i < games.size(); ++i) {
    // Game 7 comes first: the learner has White in it.
    EXPECT_EQ(games[i].learner, i % 2 == 0 ? Player::kSecond : Player::kFirst);
    EXPECT_EQ(games[i].moves[0], i % 2 == 0 ? 0 : 4);
    EXPECT_EQ(games[i].moves[1], i % 2 == 0 ? 4 : 0);
    const auto state = game->NewState();
    for (const Action move : games[i].moves) state->Apply(move);
    ASSERT_TRUE(state->IsTerminal());
    EXPECT_EQ(games[i].z, static_cast<float>(state->Return(games[i].learner)));
    results.insert(games[i].z);
  }
  EXPECT_EQ(results.size(), 2U);
  // At ply 0 the six games in which the learner has Black ask it, the six others its opponent.
  EXPECT_EQ(learner.asked().at(0), 6);
  EXPECT_EQ(opponent.asked().at(0), 6);
}

TEST(PlayPolicyGames, AreTheSameOnAnyNumberOfThreads) {
  const auto game = MakeGo("go:size=3");
  Wishes learner;
  Wishes opponent;
  const GameRange range = {.seed = 1, .role = RngRole::kTest, .first = 0, .count = 7};
  const auto one = PlayPolicyGames(*game, learner, opponent, range, 1);
  const auto three = PlayPolicyGames(*game, learner, opponent, range, 3);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].moves, three[i].moves);
}

TEST(PlayPolicyGames, AnErrorOfAThreadComesOut) {
  class Failing final : public Evaluator {
   public:
    Ticket Submit(std::span<Evaluation>) override { throw WorldError("broken"); }
    void Wait(Ticket) override {}
  };
  const auto game = MakeGo("go:size=3");
  Failing failing;
  const GameRange range = {.count = 4};
  EXPECT_THROW(PlayPolicyGames(*game, failing, failing, range, 2), WorldError);
}

// z of three games: +1, -1, +1. Rest of the first: 0, of the second: 1, of the third: 0.
TEST(Advantages, AreResultsWithoutTheMeanOfTheOthers) {
  std::vector<ReinforceGame> games(3);
  games[0].z = 1.0F;
  games[1].z = -1.0F;
  games[2].z = 1.0F;
  EXPECT_THAT(Advantages(games, ReinforceBaseline::kMeanOfRest), ElementsAre(1.0F, -2.0F, 1.0F));
  EXPECT_THAT(Advantages(games, ReinforceBaseline::kNone), ElementsAre(1.0F, -1.0F, 1.0F));
  EXPECT_THAT(Advantages({games.data(), 1}, ReinforceBaseline::kMeanOfRest), ElementsAre(1.0F));
  EXPECT_EQ(LearnerPoints(games), 2.0);
}

// With U up to 4 on 3x3. The supervised policy is asked at plies 0 to U - 2, the other from U on,
// and nobody at ply U - 1; so of games with U = u the first policy knows u - 1 plies.
TEST(PlayValueGames, HaveOnePositionBehindTheRandomMove) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  Wishes supervised({4, 0, 8, 2});
  Wishes reinforced;
  const GameRange range = {.seed = 3, .role = RngRole::kTest, .first = 20, .count = 40};
  const auto records = PlayValueGames(*game, {supervised, reinforced}, range, 4);
  ASSERT_EQ(records.size(), 40U);
  std::map<int, int> games_with;  // by U
  bool other_first = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const GameRecord& record = records[i];
    EXPECT_EQ(record.stream, 20 + i);
    ASSERT_TRUE(CheckRecord(record).ok()) << CheckRecord(record).error();
    ASSERT_EQ(record.sample_count(), 1);
    int u = 0;
    while (!record.plies[static_cast<std::size_t>(u)].sample) ++u;
    ++games_with[u];
    ASSERT_GE(u, 1);
    // What the supervised policy wishes first.
    if (u > 1) {
      EXPECT_EQ(record.plies[0].action, 4);
    }
    other_first |= u == 1 && record.plies[0].action != 4;
  }
  EXPECT_TRUE(other_first);  // at U = 1 the first move is a uniform one
  EXPECT_EQ(games_with.size(), 4U);
  EXPECT_EQ(supervised.asked().size(), 3U);  // plies 0, 1, 2
  EXPECT_EQ(supervised.asked().at(0), 40 - games_with[1]);
  EXPECT_EQ(supervised.asked().at(2), games_with[4]);
  EXPECT_EQ(reinforced.asked().at(1), games_with[1]);
  EXPECT_EQ(reinforced.asked().at(2), games_with[1] + games_with[2]);
  EXPECT_EQ(reinforced.asked().at(4), 40);
  EXPECT_EQ(reinforced.asked().count(0), 0U);
}

// The target is the result from the view of the player to move at the position.
TEST(PlayValueGames, TargetsAreOfThePlayerToMoveThere) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  Wishes policy;
  const GameRange range = {.seed = 3, .role = RngRole::kTest, .first = 0, .count = 20};
  for (const GameRecord& record : PlayValueGames(*game, {policy, policy}, range, 4)) {
    int u = 0;
    while (!record.plies[static_cast<std::size_t>(u)].sample) ++u;
    const auto state = ReplayTo(*game, record, u);
    const Player mover = state->ToMove();
    EXPECT_EQ(mover, u % 2 == 0 ? Player::kFirst : Player::kSecond);
    const auto end = ReplayTo(*game, record, static_cast<int>(record.plies.size()));
    const auto target = OutcomeTarget(record, u, mover, 0.0);
    EXPECT_EQ(target[0] - target[2], static_cast<float>(end->Return(mover)));
  }
}

// With U = 1 Black fills an eye. Otherwise Black passes, and White has no legal point at U = 2 and
// passes too, which ends the game.
TEST(PlayValueGames, GamesThatEndBeforeTheirPositionAreLeftOut) {
  const auto game = GoGame::Make(TwoEyes()).value();
  Wishes policy;
  const GameRange range = {.seed = 3, .role = RngRole::kTest, .first = 0, .count = 30};
  const auto records = PlayValueGames(*game, {policy, policy}, range, 6);
  EXPECT_GT(records.size(), 0U);
  EXPECT_LT(records.size(), 30U);
  for (const GameRecord& record : records) EXPECT_TRUE(record.plies[1].sample);
  EXPECT_EQ(MostValuePlies({9, 9}), 101);
  EXPECT_EQ(MostValuePlies({19, 19}), 451);
}

}  // namespace
}  // namespace tengen

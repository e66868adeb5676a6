#include "agents/alphago/policy_rollouts.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "envs/core/mutex.h"
#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

std::shared_ptr<const GoGame> MakeGo(const std::string& id) {
  return std::dynamic_pointer_cast<const GoGame>(MakeGame(id).value());
}

// One position with the memory for its answer.
struct Asked {
  Asked(const State& position, std::uint64_t random) : state(position.Clone()) {
    state->LegalActions(legal);
    prior.resize(legal.size());
    evaluation.state = state.get();
    evaluation.legal = legal;
    evaluation.prior = prior;
    evaluation.random = random;
  }
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior;
  Evaluation evaluation;
};

float ValueOf(Evaluator& evaluator, const State& position, std::uint64_t random = 1) {
  Asked asked(position, random);
  evaluator.Evaluate({&asked.evaluation, 1});
  return asked.evaluation.value;
}

// Uniform; remembers its largest batch. Thread-safe.
class Uniform final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    const MutexLock lock(mutex_);
    largest_ = std::max(largest_, batch.size());
    return uniform_.Submit(batch);
  }
  void Wait(Ticket) override {}
  std::size_t largest() const { return largest_; }

 private:
  UniformEvaluator uniform_;
  Mutex mutex_;
  std::size_t largest_ = 0;
};

//   . X .      both corners are Black's eyes, which White may not enter: both sides pass, and Black
//   X X X      has 9 points against a komi of 0.5.
//   X X X
TEST(PolicyRolloutEvaluator, ValuesAreThePlayersToMove) {
  GoSetup setup;
  setup.shape = {3, 3};
  setup.rules.half_komi = 1;
  setup.diagram = {".X.", "XXX", "XXX"};
  const auto game = GoGame::Make(setup).value();
  PolicyRolloutEvaluator rollouts(std::make_shared<UniformEvaluator>(), 5);
  const auto state = game->NewState();
  EXPECT_EQ(ValueOf(rollouts, *state), 1.0F);  // Black is to move
  state->Apply(game->pass());
  EXPECT_EQ(ValueOf(rollouts, *state), -1.0F);
}

// Four rollouts, each played alone here: the value is the mean of their results.
TEST(PolicyRolloutEvaluator, TheValueIsTheMeanOverItsGames) {
  const auto game = MakeGo("go:size=3,komi=1.5");
  const auto start = game->NewState();
  start->Apply(4);
  PolicyRolloutEvaluator rollouts(std::make_shared<UniformEvaluator>(), 4);
  UniformEvaluator policy;
  bool mixed = false;
  for (std::uint64_t random = 0; random < 10; ++random) {
    float sum = 0.0F;
    for (std::uint64_t k = 0; k < 4; ++k) {
      PolicyGame one(start->Clone(), Rng(random, RngRole::kEvaluation, k));
      PolicyGame* games[] = {&one};
      while (!one.over()) PlayPolicyMoves(policy, games);
      sum += static_cast<float>(one.state->Return(Player::kSecond));
    }
    EXPECT_EQ(ValueOf(rollouts, *start, random), sum / 4.0F);
    mixed |= sum > -4.0F && sum < 4.0F;
  }
  EXPECT_TRUE(mixed);
}

// The uniform policy plays what uniform rollouts of search/ do: the outside witness. Of 4000 games
// each, the difference of two means has a standard deviation of at most 0.023.
TEST(PolicyRolloutEvaluator, OfTheUniformPolicyIsLikeUniformRollouts) {
  const auto game = MakeGo("go:size=3,komi=3.5");
  const auto start = game->NewState();
  start->Apply(0);
  UniformRolloutOptions options;
  options.fallback = game->pass();
  options.skip = [](const State& state, Action action) {
    const auto& go = static_cast<const GoState&>(state);
    return action == go.game().pass() ||
           go.board().IsEyeLike(go.game().PointOf(action), go.ToMove());
  };
  RolloutEvaluator witness(4000, std::make_unique<UniformRolloutPolicy>(options));
  PolicyRolloutEvaluator rollouts(std::make_shared<UniformEvaluator>(), 4000);
  const float wanted = ValueOf(witness, *start);
  EXPECT_LT(std::abs(wanted), 0.9F);
  EXPECT_NEAR(ValueOf(rollouts, *start), wanted, 0.1);
}

TEST(PolicyRolloutEvaluator, PlaysManyAtOnceAndTheSameOnAnyThreads) {
  const auto game = MakeGo("go:size=3,komi=0.5");
  const auto state = game->NewState();
  std::vector<Asked> one;
  std::vector<Asked> three;
  for (std::uint64_t i = 0; i < 5; ++i) {
    one.emplace_back(*state, i);
    three.emplace_back(*state, i);
    state->Apply(static_cast<Action>(2 * i));
  }
  const auto values = [](Evaluator& evaluator, std::vector<Asked>& asked) {
    std::vector<Evaluation> batch;
    for (Asked& each : asked) batch.push_back(each.evaluation);
    evaluator.Evaluate(batch);
    std::vector<float> result;
    for (const Evaluation& evaluation : batch) result.push_back(evaluation.value);
    EXPECT_FLOAT_EQ(asked[0].prior[0], 1.0F / static_cast<float>(asked[0].legal.size()));
    return result;
  };
  const auto policy = std::make_shared<Uniform>();
  PolicyRolloutEvaluator on_one(policy, 70);
  PolicyRolloutEvaluator on_three(policy, 70, 3);
  EXPECT_EQ(values(on_one, one), values(on_three, three));
  EXPECT_EQ(policy->largest(), 256U);  // of 350 rollouts
}

}  // namespace
}  // namespace tengen

#include "agents/alphago/reinforce_decisions.h"

#include <algorithm>
#include <memory>

#include "agents/alphago/policy_games.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::size_t kBatch = 128;  // positions

// A decision's position with the memory for its answer.
struct Asked {
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior;
};

void FillValues(Evaluator& value, std::span<Asked> asked, std::span<float> values) {
  std::vector<Evaluation> evaluations(asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    asked[i].state->LegalActions(asked[i].legal);
    asked[i].prior.resize(asked[i].legal.size());
    evaluations[i].state = asked[i].state.get();
    evaluations[i].legal = asked[i].legal;
    evaluations[i].prior = asked[i].prior;
  }
  value.Evaluate(evaluations);
  for (std::size_t i = 0; i < asked.size(); ++i) values[i] = evaluations[i].value;
}

}  // namespace

std::vector<ReinforceDecision> LearnerDecisions(const GoGame& game,
                                                std::span<const ReinforceGame> games) {
  std::vector<ReinforceDecision> decisions;
  std::vector<Action> playable;
  for (std::size_t i = 0; i < games.size(); ++i) {
    const std::unique_ptr<State> state = game.NewState();
    for (const Action move : games[i].moves) {
      if (state->ToMove() == games[i].learner) {
        PlayableMoves(static_cast<const GoState&>(*state), playable);
        TENGEN_CHECK(std::binary_search(playable.begin(), playable.end(), move),
                     "a policy never plays ", move);
        if (playable.size() > 1) decisions.push_back({i, state->Ply()});
      }
      state->Apply(move);
    }
  }
  return decisions;
}

std::vector<float> AdvantagesOverValue(const GoGame& game, std::span<const ReinforceGame> games,
                                       std::span<const ReinforceDecision> decisions,
                                       Evaluator& value, int threads) {
  std::vector<float> advantages(decisions.size());
  GameRange all;
  all.count = static_cast<int>(decisions.size());
  ForPartsOf(all, threads, [&](const GameRange& part) {
    const std::size_t end = part.first + static_cast<std::size_t>(part.count);
    std::unique_ptr<State> state;
    std::size_t of_game = games.size();
    for (std::size_t begin = part.first; begin < end; begin += kBatch) {
      const std::size_t count = std::min(kBatch, end - begin);
      std::vector<Asked> asked(count);
      for (std::size_t i = 0; i < count; ++i) {
        const ReinforceDecision& decision = decisions[begin + i];
        if (of_game != decision.game) state = game.NewState();
        of_game = decision.game;
        const std::vector<Action>& moves = games[decision.game].moves;
        while (state->Ply() < decision.ply) {
          state->Apply(moves[static_cast<std::size_t>(state->Ply())]);
        }
        asked[i].state = state->Clone();
      }
      const std::span<float> values = std::span(advantages).subspan(begin, count);
      FillValues(value, asked, values);
      for (std::size_t i = 0; i < count; ++i) {
        values[i] = games[decisions[begin + i].game].z - values[i];
      }
    }
  });
  return advantages;
}

}  // namespace tengen

#include "agents/alphago/policy_games.h"

#include <algorithm>
#include <exception>
#include <numeric>
#include <thread>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

// Draws one of `playable`, which are some of `legal`; both ascend, `prior` is of the legal ones.
Action Draw(const std::vector<Action>& playable, const std::vector<Action>& legal,
            const std::vector<float>& prior, Rng& rng) {
  std::vector<float> weights;
  auto at = legal.begin();
  for (const Action move : playable) {
    at = std::lower_bound(at, legal.end(), move);
    weights.push_back(prior[static_cast<std::size_t>(at - legal.begin())]);
  }
  const float sum = std::accumulate(weights.begin(), weights.end(), 0.0F);
  if (!(sum > 0.0F)) std::fill(weights.begin(), weights.end(), 1.0F);
  return playable[static_cast<std::size_t>(rng.Categorical(weights))];
}

std::vector<ReinforceGame> PlayPart(const GoGame& game, Evaluator& learner, Evaluator& opponent,
                                    const GameRange& range) {
  std::vector<PolicyGame> games;
  std::vector<ReinforceGame> played(static_cast<std::size_t>(range.count));
  for (std::size_t i = 0; i < played.size(); ++i) {
    const std::uint64_t number = range.first + i;
    games.emplace_back(game, Rng(range.seed, range.role, number));
    played[i].learner = number % 2 == 0 ? Player::kFirst : Player::kSecond;
  }
  for (bool moved = true; moved;) {
    std::vector<PolicyGame*> ours;
    std::vector<PolicyGame*> theirs;
    for (std::size_t i = 0; i < games.size(); ++i) {
      if (games[i].over()) continue;
      (games[i].state->ToMove() == played[i].learner ? ours : theirs).push_back(&games[i]);
    }
    moved = !ours.empty() || !theirs.empty();
    if (!ours.empty()) PlayPolicyMoves(learner, ours);
    if (!theirs.empty()) PlayPolicyMoves(opponent, theirs);
  }
  for (std::size_t i = 0; i < games.size(); ++i) {
    played[i].moves = std::move(games[i].moves);
    played[i].z = static_cast<float>(games[i].state->Return(played[i].learner));
  }
  return played;
}

}  // namespace

void PlayableMoves(const GoState& state, std::vector<Action>& out) {
  const GoGame& game = state.game();
  state.LegalActions(out);
  std::erase_if(out, [&](Action move) {
    return move == game.pass() || state.board().IsEyeLike(game.PointOf(move), state.ToMove());
  });
  if (out.empty()) out.push_back(game.pass());
}

PolicyGame::PolicyGame(const GoGame& game, const Rng& stream)
    : PolicyGame(game.NewState(), stream) {}
PolicyGame::PolicyGame(std::unique_ptr<State> start, const Rng& stream)
    : state(std::move(start)), rng(stream) {}

void PolicyGame::Play(Action move) {
  state->Apply(move);
  moves.push_back(move);
}

void PlayPolicyMoves(Evaluator& policy, std::span<PolicyGame* const> games) {
  std::vector<std::vector<Action>> legal(games.size());
  std::vector<std::vector<float>> priors(games.size());
  std::vector<Evaluation> evaluations(games.size());
  for (std::size_t i = 0; i < games.size(); ++i) {
    TENGEN_DCHECK(!games[i]->over(), "a move in a game that is over");
    games[i]->state->LegalActions(legal[i]);
    priors[i].resize(legal[i].size());
    evaluations[i].state = games[i]->state.get();
    evaluations[i].legal = legal[i];
    evaluations[i].random = games[i]->rng.Next();
    evaluations[i].prior = priors[i];
  }
  policy.Evaluate(evaluations);
  std::vector<Action> playable;
  for (std::size_t i = 0; i < games.size(); ++i) {
    PlayableMoves(games[i]->go(), playable);
    games[i]->Play(Draw(playable, legal[i], priors[i], games[i]->rng));
  }
}

void ForPartsOf(const GameRange& range, int threads,
                const std::function<void(const GameRange& part)>& work) {
  const int parts = std::max(1, std::min(threads, range.count));
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(parts));
  const auto run = [&](int index) {
    GameRange part = range;
    const int begin = range.count * index / parts;
    part.first += static_cast<std::uint64_t>(begin);
    part.count = range.count * (index + 1) / parts - begin;
    try {
      work(part);
    } catch (...) {
      errors[static_cast<std::size_t>(index)] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (int i = 1; i < parts; ++i) others.emplace_back(run, i);
    run(0);
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

std::vector<ReinforceGame> PlayPolicyGames(const GoGame& game, Evaluator& learner,
                                           Evaluator& opponent, const GameRange& range,
                                           int threads) {
  std::vector<ReinforceGame> games(static_cast<std::size_t>(range.count));
  ForPartsOf(range, threads, [&](const GameRange& part) {
    std::vector<ReinforceGame> some = PlayPart(game, learner, opponent, part);
    std::move(some.begin(), some.end(),
              games.begin() + static_cast<std::ptrdiff_t>(part.first - range.first));
  });
  return games;
}

}  // namespace tengen

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "agents/alphago/reinforce_game.h"
#include "envs/core/rng.h"
#include "envs/go/go_game.h"
#include "search/evaluator.h"

// Games of Go between policies that search nothing. Many are played at once, ply by ply, so that
// what a policy is asked for at one ply is one batch.

namespace tengen {

// The moves that policies draw from, ascending: legal points without those that fill an own eye, or
// the pass where there is no such point. As in rollouts, so that what is counted at the end needs
// nobody's agreement on dead stones.
void PlayableMoves(const GoState& state, std::vector<Action>& out);

// A game under way. All of its choices are drawn from `rng`.
struct PolicyGame {
  PolicyGame(const GoGame& game, const Rng& stream);
  // From a position of Go on.
  PolicyGame(std::unique_ptr<State> start, const Rng& stream);

  const GoState& go() const { return static_cast<const GoState&>(*state); }
  bool over() const { return state->IsTerminal(); }
  void Play(Action move);

  std::unique_ptr<State> state;
  Rng rng;
  std::vector<Action> moves;  // since the start
};

// Plays one move in each game, drawn from the policy's probabilities of its PlayableMoves (all of
// which are equally likely where the policy gives them nothing). One batch. REQUIRES: none is over.
void PlayPolicyMoves(Evaluator& policy, std::span<PolicyGame* const> games);

// Which games: numbers first, first + 1, ..., first + count - 1. Game g draws from Rng(seed, role,
// g), and the learner takes Black in even games, White in odd ones.
struct GameRange {
  std::uint64_t seed = 1;
  RngRole role = RngRole::kSelfPlay;
  std::uint64_t first = 0;
  int count = 0;
};

// Plays them to the end, in the order of their numbers. With several threads each has a share of
// the games, and the evaluators must be thread-safe; the policies' answers decide whether the games
// are the same then.
std::vector<ReinforceGame> PlayPolicyGames(const GoGame& game, Evaluator& learner,
                                           Evaluator& opponent, const GameRange& range,
                                           int threads = 1);

// Calls work(part of the range) for `threads` parts of about equal size, each on a thread of its
// own. The first exception is thrown again.
void ForPartsOf(const GameRange& range, int threads,
                const std::function<void(const GameRange& part)>& work);

}  // namespace tengen

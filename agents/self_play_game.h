#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/game_record.h"
#include "agents/self_play_stats.h"
#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

// How self-play games are played. Defaults are for small boards on a CPU.
struct SelfPlayConfig {
  // Ids of the games; each new game draws one uniformly (one id per komi, for example).
  std::vector<std::string> games;

  int parallel_games = 64;  // per thread
  // Parts that a thread's games are split into. 1 where Submit does all the work (CPU), 2 where the
  // device works between Submit and Wait.
  int halves = 1;

  MctsConfig mcts;

  // Playout-cap randomisation (Wu 2019, section 3.1): each move is searched fully, with
  // exploration, and recorded as a training position with probability full_share; otherwise it is
  // searched cheaply, without exploration, and not recorded. 1 = every move is searched fully.
  double full_share = 1.0;
  int full_visits = 32;
  int fast_visits = 8;

  // Moves before this ply are drawn with probability ~ visits^(1 / temperature); later ones are the
  // search's choice (SearchResult::best).
  int temperature_plies = 8;
  double temperature = 1.0;

  // Share of games that begin with 1 to opening_plies uniformly random legal moves, for variety.
  double opening_share = 0.0;
  int opening_plies = 2;

  // The player to move resigns when the search's value falls below -resign_value (in [0, 1]; 1 =
  // never), not before resign_min_ply, except in a share play_on_share of the games.
  double resign_value = 1.0;
  int resign_min_ply = 10;
  double play_on_share = 0.1;
};

// First thing wrong with it: a game id, a value out of range.
Status CheckSelfPlayConfig(const SelfPlayConfig& config);

// One self-play game as a resumable machine. Its choices are a function of config, seed, number and
// the answers of the evaluator. Use:
//
//   while (!game.Advance(step, stats)) {   // plays moves until leaves wait, true: the game is over
//     evaluate(game.pending());
//   }
//   GameRecord record = game.TakeRecord();
//
// Not thread-safe.
class SelfPlayGame {
 public:
  // `games` are the instances of config.games. Both must outlive this object.
  SelfPlayGame(const SelfPlayConfig& config, std::span<const std::shared_ptr<const Game>> games);

  // Begins game `number`: draws from Rng(seed, RngRole::kSelfPlay, number).
  void Begin(std::uint64_t seed, std::uint64_t number);

  // Backs up the leaves that were pending, then searches and plays on until leaves wait for an
  // evaluation (false) or the game is over (true). `net_step` is recorded with the moves whose
  // search begins now.
  bool Advance(std::int64_t net_step, SelfPlayStats& stats);
  std::span<Evaluation> pending();

  // REQUIRES: Advance returned true.
  GameRecord TakeRecord();

 private:
  void PlayOpening();
  void BeginSearch(std::int64_t net_step);
  // Plays the searched move. True: the game is over.
  bool FinishSearch(SelfPlayStats& stats);
  bool Resigns(float root_value);
  Action ChooseMove(const SearchResult& result);
  void Finish(GameEnd end, SelfPlayStats& stats);

  const SelfPlayConfig& config_;
  std::span<const std::shared_ptr<const Game>> games_;
  Mcts mcts_;
  Rng rng_;
  const Game* game_ = nullptr;
  std::unique_ptr<State> state_;
  GameRecord record_;
  std::vector<Action> legal_;
  std::vector<float> weights_;
  bool searching_ = false;
  bool full_ = false;
};

// Plays game `number` alone, from start to end, as a worker would with this one network. Plays a
// record again when given its seed and stream (see GameRecord) and it knew one network only.
GameRecord PlaySelfPlayGame(const SelfPlayConfig& config, std::uint64_t seed, std::uint64_t number,
                            Evaluator& evaluator, std::int64_t net_step);

}  // namespace tengen

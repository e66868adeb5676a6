#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "agents/zero/self_play_stats.h"
#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

class RestartPool;

// How self-play games are played. Defaults are for small boards on a CPU.
struct SelfPlayConfig {
  // Ids of the games. Where rules or komi values are given, each id stands for one game for each
  // pair of them: "go:size=9" with the rules "ko=simple,suicide=none" and komi 6.5 is
  // "go:size=9,ko=simple,suicide=none,komi=6.5". Each new game draws one uniformly; what is named
  // twice comes twice as often.
  std::vector<std::string> games;
  std::vector<std::string> rules;  // options of game ids
  std::vector<double> komi;        // points

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
  // Moves that a Gumbel root considers in a cheap search, 0 = mcts.gumbel_considered. Few visits
  // spread over many moves would look at each but once.
  int fast_considered = 0;
  // Visits that rise with training (progressive simulation: MiniZero, Wu et al. 2023,
  // arXiv:2310.11305; here linearly): a search that begins with the network of learner step s has
  //   visits * (start_visits_share + (1 - start_visits_share) min(1, s / visits_grow_steps)),
  // at least 1, full or fast. 0 = all visits from the start.
  std::int64_t visits_grow_steps = 0;
  double start_visits_share = 0.25;

  // Moves before this ply are drawn from the visited ones with probability ~ policy^(1 /
  // temperature), where policy is the search's (SearchResult::policy): the share of visits of a
  // PUCT root, the improved policy of a Gumbel root, whose visits are spread evenly to compare
  // moves. Later moves are the search's choice (SearchResult::best).
  int temperature_plies = 8;
  double temperature = 1.0;

  // Share of games that begin with 1 to opening_plies uniformly random legal moves, for variety.
  double opening_share = 0.0;
  int opening_plies = 2;

  // Share of games that begin instead at a position of an earlier game with the same id that went
  // against its search (RestartPool), or at the start while there is none; 0 = none do. Plies count
  // from the start of the game as ever, for temperature_plies and resign_min_ply too. Two players.
  double restart_share = 0.0;

  // Two players: the player to move resigns when the search's value falls below -resign_value (in
  // [0, 1]; 1 = never), not before resign_min_ply, except in a share play_on_share of the games.
  double resign_value = 1.0;
  int resign_min_ply = 10;
  double play_on_share = 0.1;
  // Visits of every move behind a resignation: the game is played to its end all the same, by cheap
  // searches that are not recorded, and its result, owners and score are those of the last
  // position. So heads that learn areas see decided games too. 0 = resigning ends the game.
  int decided_visits = 0;
};

// All games, komi changing fastest, then rules; ids that MakeGame takes if the config is right.
std::vector<std::string> GameIds(const SelfPlayConfig& config);

// Visits of a search with the network of a step, see visits_grow_steps.
int VisitsAt(const SelfPlayConfig& config, int visits, std::int64_t net_step);

// First thing wrong with it: a game id, a value out of range.
Status CheckSelfPlayConfig(const SelfPlayConfig& config);

// One self-play game as a resumable machine. Its choices are a function of config, seed, number,
// the answers of the evaluator and, if it restarts, the position that it was given. Use:
//
//   // Plays moves until leaves wait; true: the game is over.
//   while (!game.Advance(step, hash, stats)) {
//     evaluate(game.pending());
//   }
//   GameRecord record = game.TakeRecord();
//
// Not thread-safe.
class SelfPlayGame {
 public:
  // `games` are the instances of GameIds(config). Games take their restarts from `restarts` and
  // leave theirs there; null: no game restarts. All must outlive this object.
  SelfPlayGame(const SelfPlayConfig& config, std::span<const std::shared_ptr<const Game>> games,
               RestartPool* restarts = nullptr);

  // Begins game `number`: draws from Rng(seed, RngRole::kSelfPlay, number).
  void Begin(std::uint64_t seed, std::uint64_t number);
  // Begins the game of `record` again: of its seed and stream, and where it restarted, after the
  // moves that the record has before the first search.
  void BeginAgain(const GameRecord& record);

  // Backs up the leaves that were pending, then searches and plays on until leaves wait for an
  // evaluation (false) or the game is over (true). Step and hash (NetUse) are those of the network
  // which will evaluate them; the record says where they changed.
  bool Advance(std::int64_t net_step, const std::string& net_hash, SelfPlayStats& stats);
  // The waiting leaves.
  std::span<Evaluation> pending();

  // REQUIRES: Advance returned true. Then Begin again.
  GameRecord TakeRecord();

 private:
  // A value if the game shall restart: the place in [0, 1) for RestartPool::Take.
  std::optional<double> BeginAtStart(std::uint64_t seed, std::uint64_t number);
  void PlayOpening();
  void PlayUnsearched(Action action);
  void BeginSearch(std::int64_t net_step, const std::string& net_hash);
  void NoteNet(std::int64_t net_step, const std::string& net_hash);
  // Plays the move that the search found. True: the mover resigned instead, which ends the game.
  bool FinishSearch(SelfPlayStats& stats);
  bool Resigns(float root_value);
  Action ChooseMove(const SearchResult& result);
  void FinishGame(GameEnd end);

  const SelfPlayConfig& config_;
  const std::span<const std::shared_ptr<const Game>> games_;
  RestartPool* const restarts_;
  Mcts mcts_;
  Rng rng_;
  std::shared_ptr<const Game> drawn_game_;  // this game's
  std::unique_ptr<State> state_;
  GameRecord record_;
  std::int64_t batches_ = 0;  // of this game
  bool searching_ = false;
  bool waiting_ = false;
  bool full_ = false;
  bool decided_ = false;  // somebody has resigned, and the game goes on
  std::vector<float> weights_;
};

// Plays one game alone from its seed, stream and networks, and so plays a record again: the result
// equals it if the configuration is the same and the evaluators answer a position alike in every
// batch and are not cached. `evaluator_of` gives that of a use's step and hash. Of the other fields
// of `origin` only the moves before the first search are read, and these only where the game
// restarted: no seed tells which games had ended by then, so they are taken on trust.
GameRecord ReplaySelfPlayGame(const SelfPlayConfig& config, const GameRecord& origin,
                              const std::function<Evaluator&(const NetUse&)>& evaluator_of);

}  // namespace tengen

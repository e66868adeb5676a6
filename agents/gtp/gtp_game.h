#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "envs/go/go_game.h"

namespace tengen {

struct GtpMove {
  Player player = Player::kFirst;
  Action action = kNoAction;
};

// The game that a GTP controller or a record sees: a start position and moves, in which a player
// may move twice in a row and which goes on after two passes. GoState knows neither: where a move
// needs it, the opponent passes silently, and a new GoGame goes on from there (StartFrom), so that
// no such pass ends the game. Of two passes in a row the last one counts on.
//
// The rules' bonus counts handicap stones as KataGo does (BoardHistory::computeNumHandicapStones):
// Black's stones of a start position without White's, and the moves that Black makes before White's
// first one, single passes of White in between left out. Two moves of White in a row take the moves
// back: then somebody sets up a position. One stone is none.
//
// Through records KataGo goes from the start on, whoever moves (CompactSgf::playMovesTolerant).
// Where it is told moves one by one, as by GTP and by queries of its analysis engine, a player who
// moves twice in a row begins anew (Search::makeMove): the position before the second move counts
// as the start for the handicap, and ko and superko know no earlier one. Prisoners stay.
// BeginAnewAtRepeats chooses that. Not thread-safe.
class GtpGame {
 public:
  // REQUIRES: GoGame::Make accepts the shape.
  GtpGame(BoardShape shape, const Rules& rules);

  const GoGame& game() const { return *now_.game; }
  const GoState& state() const { return *now_.state; }
  BoardShape shape() const { return shape_; }
  const Rules& rules() const { return rules_; }
  const std::vector<GtpMove>& moves() const { return moves_; }
  const std::vector<std::string>& diagram() const { return diagram_; }  // of the start
  Player first_to_move() const { return first_to_move_; }
  Player to_move() const { return to_move_; }
  int handicap() const { return handicap_; }
  // Of them, those that stand at the start.
  int start_handicap() const;

  // An empty board.
  void Clear();
  void Resize(BoardShape shape);
  // Keeps the moves, also those that the new rules forbid.
  void SetRules(const Rules& rules);
  // Starts from a position: rows as in GoSetup. Errors: as GoGame::Make.
  Status Start(std::vector<std::string> diagram, Player to_move);
  // What a game that was set up anew on its way brings with it.
  struct Before {
    int handicap = 0;
    std::array<int, 2> removed = {0, 0};  // stones of each player that were taken off
  };
  // As Start, with that; nothing is counted.
  Status StartAgain(std::vector<std::string> diagram, Player to_move, const Before& before);
  // Errors: an illegal move; the game is as before.
  Status Play(Player player, Action action);
  // Plays a move whatever the rules say, as records ask for it: a stone on a stone takes its place,
  // stones without liberties are taken off, a ko is retaken. REQUIRES: an action of the board.
  void Execute(Player player, Action action);
  // As Execute, but a stone on a stone and the suicide of a single stone are errors: what KataGo's
  // analysis engine plays of `moves`.
  Status PlayTolerantly(Player player, Action action);
  // Whose turn a record says it is. The next move may be anyone's all the same.
  void SetToMove(Player player) { to_move_ = player; }
  // From the next move on, moves are told one by one (see above); those so far are a record's.
  void BeginAnewAtRepeats() { repeats_from_ = moves_.size(); }
  // False if there is no move.
  bool Undo();
  // The position to think about if that player is to move: as state(), but with that player to move
  // and not over, and with the handicap that a move of that player leaves. The game itself stays as
  // it is. Valid until the next call.
  const GoState& StateFor(Player player);

  // Stones of the player that were taken off, also before a start on the way.
  int removed(Player player) const { return state().board().removed(player); }
  // Of them, those before the start.
  const std::array<int, 2>& start_removed() const { return start_removed_; }

 private:
  // A state with the game that it must not outlive.
  struct Position {
    std::shared_ptr<const GoGame> game;
    std::unique_ptr<GoState> state;
  };

  // What handicap stones are counted from.
  struct Base {
    int black = 0;  // stones on the board
    int white = 0;
    std::size_t moves = 0;  // played before
  };

  Status StartWith(std::vector<std::string> diagram, Player to_move,
                   const std::optional<Before>& before);
  Position Begin(std::vector<std::string> diagram, Player to_move,
                 const std::array<int, 2>& removed) const;
  static Position GoOn(const Position& from);
  static Position GoOnAnew(const Position& from, Player to_move);
  Position NowFor(Player player) const;
  Position BehindLastPass() const;
  Position WithoutStone(const Position& from, Action action) const;
  void Keep(Position next, Player player, Action action);
  void Replay();
  static Base BaseOf(const std::vector<std::string>& rows, std::size_t moves);
  bool BeginsAnew(Player player) const;
  int CountHandicap(const Base& base) const;
  void CountHandicapAnew();
  void SetHandicap(Position& position, int handicap) const;

  BoardShape shape_;
  Rules rules_;
  std::vector<std::string> diagram_;
  std::optional<int> fixed_handicap_;
  std::array<int, 2> start_removed_ = {0, 0};
  std::optional<std::size_t> repeats_from_;  // moves of a record before that; empty: all of them
  Base base_;
  int handicap_ = 0;
  Player first_to_move_ = Player::kFirst;
  Player to_move_ = Player::kFirst;
  std::vector<GtpMove> moves_;
  Position now_;
  Position before_;  // the last move; empty before the first
  Position asked_;   // by StateFor
};

}  // namespace tengen

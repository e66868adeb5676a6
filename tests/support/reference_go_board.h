#pragma once

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/game.h"
#include "envs/go/rules.h"
#include "tests/support/reference_go_grid.h"

namespace tengen {

// Go played the slow and obvious way: the board is a string, chains are found anew each time, and
// every earlier position is kept. Checks the fast board; shares nothing with it but the Rules.
// Points are numbered as actions: row-major from the top row.
class ReferenceGoBoard {
 public:
  // `start`: one letter per point, 'X', 'O' or '.'.
  ReferenceGoBoard(BoardShape shape, const Rules& rules, const std::string& start, Player to_move)
      : grid_(shape), rules_(rules), to_move_(to_move) {
    Record(start);
  }

  const ReferenceGoGrid& grid() const { return grid_; }
  const std::string& board() const { return board_; }
  Player to_move() const { return to_move_; }
  int consecutive_passes() const { return passes_; }
  // Stones of a player that were taken off.
  int removed(Player player) const { return removed_[static_cast<std::size_t>(Index(player))]; }

  struct Outcome {
    std::string board;
    int opponent_stones_taken = 0;
    int own_stones_taken = 0;
  };

  // The board after a play at an empty point, by Tromp and Taylor's two steps.
  Outcome After(int point) const {
    Outcome outcome{board(), 0, 0};
    outcome.board[static_cast<std::size_t>(point)] = Letter(to_move_);
    outcome.opponent_stones_taken = Clear(outcome.board, Letter(Opponent(to_move_)));
    outcome.own_stones_taken = Clear(outcome.board, Letter(to_move_));
    return outcome;
  }

  bool IsSuicideLegal(int own_stones_taken) const {
    return own_stones_taken == 0 || (own_stones_taken > 1 && rules_.suicide == SuicideRule::kMulti);
  }

  bool IsRepetition(const std::string& after) const {
    switch (rules_.ko) {
      case KoRule::kSimple:
        return turns_ >= 1 && after == board_before_;
      case KoRule::kPositional:
        return positions_.count(after) > 0;
      case KoRule::kSituational:
        return situations_.count({after, Opponent(to_move_)}) > 0;
    }
    return false;
  }

  bool IsLegal(int point) const {
    if (ReferenceGoGrid::At(board(), point) != '.') return false;
    const Outcome outcome = After(point);
    return IsSuicideLegal(outcome.own_stones_taken) && !IsRepetition(outcome.board);
  }

  void Play(int point) {
    const Outcome outcome = After(point);
    removed_[static_cast<std::size_t>(Index(to_move_))] += outcome.own_stones_taken;
    removed_[static_cast<std::size_t>(Index(Opponent(to_move_)))] += outcome.opponent_stones_taken;
    passes_ = 0;
    EndTurn(outcome.board);
  }

  void Pass() {
    ++passes_;
    EndTurn(board());
  }

  // Distinct empty points next to the chain at `point`.
  int Liberties(int point) const {
    const char colour = ReferenceGoGrid::At(board(), point);
    std::string marked = board();
    marked[static_cast<std::size_t>(point)] = '*';
    std::vector<int> chain = {point};
    int liberties = 0;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      for (const int next : grid_.Neighbours(chain[i])) {
        char& met = marked[static_cast<std::size_t>(next)];
        if (met == colour) chain.push_back(next);
        if (met == '.') ++liberties;
        if (met == colour || met == '.') met = '*';
      }
    }
    return liberties;
  }

  static char Letter(Player player) { return player == Player::kFirst ? 'X' : 'O'; }

 private:
  // Takes off all stones of a colour that do not reach an empty point; all of them leave at once.
  int Clear(std::string& board, char colour) const {
    const std::vector<bool> reaches = grid_.Reaching(board, colour, '.');
    int taken = 0;
    for (std::size_t i = 0; i < board.size(); ++i) {
      if (board[i] != colour || reaches[i]) continue;
      board[i] = '.';
      ++taken;
    }
    return taken;
  }

  void EndTurn(const std::string& next) {
    board_before_ = board_;
    to_move_ = Opponent(to_move_);
    ++turns_;
    Record(next);
  }

  void Record(const std::string& board) {
    board_ = board;
    positions_.insert(board);
    situations_.insert({board, to_move_});
  }

  ReferenceGoGrid grid_;
  Rules rules_;
  Player to_move_;
  int passes_ = 0;
  int turns_ = 0;
  std::array<int, 2> removed_ = {0, 0};
  std::string board_;
  std::string board_before_;                             // the last turn
  std::set<std::string> positions_;                      // after each turn, and the start
  std::set<std::pair<std::string, Player>> situations_;  // the same, with the player to move
};

}  // namespace tengen

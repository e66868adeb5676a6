#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/game.h"
#include "envs/go/rules.h"

namespace tengen {

// Go played the slow and obvious way: the board is a string, chains are flooded anew each time, and
// every earlier position is kept. Checks the fast board; shares nothing with it but the Rules.
// Points are numbered as actions: row-major from the top row.
class ReferenceGoBoard {
 public:
  ReferenceGoBoard(BoardShape shape, const Rules& rules, Player to_move)
      : shape_(shape), rules_(rules), to_move_(to_move) {
    boards_.emplace_back(static_cast<std::size_t>(shape.points()), '.');
    situations_.insert({board(), to_move_});
  }

  // Row-major 'X', 'O' and '.'.
  const std::string& board() const { return boards_.back(); }
  Player to_move() const { return to_move_; }
  int consecutive_passes() const { return passes_; }

  struct Outcome {
    std::string board;
    int opponent_stones_taken = 0;
    int own_stones_taken = 0;
  };

  // The board after a play at an empty point, by Tromp and Taylor's two steps.
  Outcome After(int point) const {
    Outcome outcome{board()};
    const char mine = Letter(to_move_);
    const char theirs = Letter(Opponent(to_move_));
    At(outcome.board, point) = mine;
    outcome.opponent_stones_taken = TakeOff(outcome.board, theirs);
    outcome.own_stones_taken = TakeOff(outcome.board, mine);
    return outcome;
  }

  bool IsSuicideLegal(int own_stones_taken) const {
    return own_stones_taken == 0 || (own_stones_taken > 1 && rules_.suicide == SuicideRule::kMulti);
  }

  bool IsRepetition(const std::string& after) const {
    switch (rules_.ko) {
      case KoRule::kSimple:
        return boards_.size() >= 2 && after == boards_[boards_.size() - 2];
      case KoRule::kPositional:
        for (const std::string& earlier : boards_) {
          if (earlier == after) return true;
        }
        return false;
      case KoRule::kSituational:
        return situations_.count({after, Opponent(to_move_)}) > 0;
    }
    return false;
  }

  bool IsLegal(int point) const {
    if (board()[static_cast<std::size_t>(point)] != '.') return false;
    const Outcome outcome = After(point);
    return IsSuicideLegal(outcome.own_stones_taken) && !IsRepetition(outcome.board);
  }

  void Play(int point) {
    passes_ = 0;
    EndTurn(After(point).board);
  }

  void Pass() {
    ++passes_;
    EndTurn(board());
  }

  // Distinct empty points next to the chain at `point`.
  int Liberties(int point) const { return static_cast<int>(Flood(board(), point).second.size()); }

  // Black minus White: stones, and empty points from which only one colour is reached.
  int AreaScore() const {
    int score = 0;
    for (int point = 0; point < shape_.points(); ++point) {
      std::set<char> colours = {board()[static_cast<std::size_t>(point)]};
      if (colours.count('.') > 0) colours = Flood(board(), point).first;
      if (colours == std::set<char>{'X'}) ++score;
      if (colours == std::set<char>{'O'}) --score;
    }
    return score;
  }

 private:
  static char Letter(Player player) { return player == Player::kFirst ? 'X' : 'O'; }
  static char& At(std::string& board, int point) { return board[static_cast<std::size_t>(point)]; }

  std::vector<int> Neighbours(int point) const {
    const int row = point / shape_.columns;
    const int column = point % shape_.columns;
    std::vector<int> neighbours;
    if (row > 0) neighbours.push_back(point - shape_.columns);
    if (row + 1 < shape_.rows) neighbours.push_back(point + shape_.columns);
    if (column > 0) neighbours.push_back(point - 1);
    if (column + 1 < shape_.columns) neighbours.push_back(point + 1);
    return neighbours;
  }

  // Colours of stones next to the one-coloured connected set around `point`, and the empty points
  // next to it.
  std::pair<std::set<char>, std::set<int>> Flood(const std::string& board, int point) const {
    const char colour = board[static_cast<std::size_t>(point)];
    std::set<int> inside = {point};
    std::vector<int> todo = {point};
    std::set<char> colours;
    std::set<int> empty;
    while (!todo.empty()) {
      const int here = todo.back();
      todo.pop_back();
      for (const int next : Neighbours(here)) {
        const char met = board[static_cast<std::size_t>(next)];
        if (met == colour) {
          if (inside.insert(next).second) todo.push_back(next);
        } else if (met == '.') {
          empty.insert(next);
        } else {
          colours.insert(met);
        }
      }
    }
    return {colours, empty};
  }

  // Takes off all stones of a colour that have no liberty; all of them leave at once.
  int TakeOff(std::string& board, char colour) const {
    std::vector<int> dead;
    for (int point = 0; point < shape_.points(); ++point) {
      if (At(board, point) == colour && Flood(board, point).second.empty()) dead.push_back(point);
    }
    for (const int point : dead) At(board, point) = '.';
    return static_cast<int>(dead.size());
  }

  void EndTurn(std::string next) {
    to_move_ = Opponent(to_move_);
    situations_.insert({next, to_move_});
    boards_.push_back(std::move(next));
  }

  BoardShape shape_;
  Rules rules_;
  Player to_move_;
  int passes_ = 0;
  std::vector<std::string> boards_;  // after each turn, the start first
  std::set<std::pair<std::string, Player>> situations_;
};

}  // namespace tengen

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "envs/core/result.h"
#include "envs/go/board.h"
#include "envs/go/rules.h"
#include "envs/go/sgf_game.h"

// The positions of a record.

namespace tengen {

// What a record holds that the rules forbid, or that cannot be followed.
enum class SgfProblemKind {
  kPoint,     // no such point on the board
  kOccupied,  // a move on a stone
  kSuicide,   // a move that takes off its own stones, where the rules forbid that
  kKo,        // retakes a ko at once
  kSuperko,   // repeats a position, where the rules forbid that
  kSetup,     // setup that leaves a chain without liberties for the next move
};
std::string_view SgfProblemText(SgfProblemKind kind);  // "occupied"

struct SgfProblem {
  SgfProblemKind kind = SgfProblemKind::kPoint;
  int move_number = 0;  // of the move, from 1; for setup, of the move before it
  int node = 0;
  std::string message;  // a sentence
};

// A position of a record.
struct SgfPosition {
  explicit SgfPosition(BoardShape shape) : board(shape) {}

  GoBoard board;
  // By PL, else whose move comes next in the record, else the other player; at the start White if
  // there are but Black's stones.
  Player to_move = Player::kFirst;
  std::array<int, 2> removed = {0, 0};  // stones of each player taken off by moves

  // The moves since the last setup, and the position there: what a game's history is made of.
  std::vector<std::string> diagram;  // rows as in GoSetup
  Player first_to_move = Player::kFirst;
  std::vector<SgfMove> moves;
  int setups = 0;  // so far
};

// Follows a line of nodes (from the root, such as SgfTree::MainLine()) move by move. All moves are
// executed, as FF[4] asks ("the program has to execute them, legal or not"): a stone on a stone
// takes its place, what has no liberties is taken off, a ko is retaken; what the rules forbid is a
// note. Players may move twice in a row, as they do in handicap games. Setup that stands before the
// next move belongs to the position.
class SgfFollower {
 public:
  // Stands before the first move. `tree` must outlive it. Errors: as ReadSgfGameInfo, and boards
  // beyond 19x19.
  static Result<SgfFollower> Start(const SgfTree& tree, const std::vector<int>& line);

  // Goes on to the next position. False at the end of the line, and where it cannot be followed.
  bool Next();

  const SgfPosition& position() const { return position_; }
  int moves() const { return moves_; }  // played, passes included
  // Whose move Next() would play; nothing at the end.
  std::optional<Player> next_mover() const {
    return next_ < steps_.size() ? std::optional(steps_[next_].player) : std::nullopt;
  }
  const SgfMove& last_move() const { return last_move_; }  // REQUIRES: moves() > 0
  // Of the moves so far.
  const std::vector<SgfProblem>& notes() const { return notes_; }
  // Why Next() was false, if not by the end: kPoint or kSetup. The position stands before it.
  const std::optional<SgfProblem>& problem() const { return problem_; }

  const SgfGameInfo& info() const { return info_; }

 private:
  enum class StepKind { kStones, kTurn, kMove };
  // A move, the stones of a node's setup, or whose turn its PL says it is.
  struct Step {
    StepKind kind = StepKind::kMove;
    int node = 0;
    Player player = Player::kFirst;
    const std::string* value = nullptr;  // of the move
  };

  SgfFollower(const SgfTree& tree, SgfGameInfo info);
  void ReadSteps(const std::vector<int>& line);
  bool SetUp();
  bool PlaceStones(int node, std::vector<std::string>& rows);
  bool Place(const std::vector<std::string>& rows, int node);
  bool Move(const Step& step);
  void Put(const Step& step, Action action);
  Player NextToMove(bool at_start) const;
  void StartHere();
  bool IsRepetition(Player next);
  void Note(SgfProblemKind kind, int node, const std::string& what);
  bool Fail(SgfProblemKind kind, int node, const std::string& what);

  const SgfTree* tree_;
  SgfGameInfo info_;
  Rules rules_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  SgfPosition position_;
  std::optional<Player> told_;  // by PL
  int moves_ = 0;
  SgfMove last_move_;
  std::vector<SgfProblem> notes_;
  std::optional<SgfProblem> problem_;
  std::unordered_set<std::uint64_t> seen_;  // since the setup, where the rules know superko
};

struct SgfReplay {
  SgfGameInfo info;
  SgfPosition position;  // at the end, or before the problem
  int moves = 0;         // played, passes included
  std::vector<SgfProblem> notes;
  std::optional<SgfProblem> problem;
};

inline constexpr int kAllSgfMoves = std::numeric_limits<int>::max();

// The position of a line after at most `moves` moves, see SgfFollower.
// Errors: as ReadSgfGameInfo, and boards beyond 19x19.
Result<SgfReplay> ReplaySgf(const SgfTree& tree, const std::vector<int>& line,
                            int moves = kAllSgfMoves);

}  // namespace tengen

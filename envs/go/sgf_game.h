#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "envs/go/board.h"
#include "envs/go/go_game.h"
#include "envs/go/sgf.h"

// What the properties of an SGF tree mean in Go.

namespace tengen {

// Facts of the root (and of the second node, where some servers put the handicap stones).
struct SgfGameInfo {
  BoardShape shape = {19, 19};   // SZ; sides from 1 to 52
  std::optional<int> half_komi;  // KM times two; absent where it is missing or no number
  int handicap = 0;              // HA
  std::string rules;             // RU, as people read it, like all texts here
  std::string black;             // PB
  std::string white;             // PW
  std::string result;            // RE
};

// Errors: the game is not Go (GM), a board size that is no size.
Result<SgfGameInfo> ReadSgfGameInfo(const SgfTree& tree);

// KM as half points: "6.5", "6,5 points". Numbers without a point from 100 up are hundredths (a Fox
// server's "650"); quarters are Chinese counting by stones, worth two points each ("3.75" is 7.5).
// Nothing where there is no number, or one beyond 10000.
std::optional<int> ParseSgfKomi(std::string_view value);

// Why a record cannot be followed any further.
enum class SgfProblemKind {
  kPoint,     // no such point on the board
  kOccupied,  // a move on a stone
  kSuicide,   // a move without liberties that captures nothing
  kKo,        // retakes a ko at once
  kSetup,     // setup that leaves a chain without liberties
};
std::string_view SgfProblemText(SgfProblemKind kind);  // "occupied"

struct SgfProblem {
  SgfProblemKind kind = SgfProblemKind::kPoint;
  int move_number = 0;  // of the move that fails, from 1; for setup, of the move before it
  int node = 0;
  std::string message;  // a sentence
};

struct SgfMove {
  Player player = Player::kFirst;
  Action action = kNoAction;
  int node = 0;
};

// A position of a record.
struct SgfPosition {
  explicit SgfPosition(BoardShape shape) : board(shape) {}

  GoBoard board;
  Player to_move = Player::kFirst;
  std::array<int, 2> removed = {0, 0};  // stones of each player taken off by captures

  // The moves since the last setup, and the position there: what a game's history is made of.
  std::vector<std::string> diagram;  // rows as in GoSetup
  Player first_to_move = Player::kFirst;
  std::vector<SgfMove> moves;
};

struct SgfReplay {
  SgfPosition position;  // at the end, or before the problem
  int moves = 0;         // played, passes included
  std::optional<SgfProblem> problem;
};

inline constexpr int kAllSgfMoves = std::numeric_limits<int>::max();

// Follows a line of nodes (from the root, such as SgfTree::MainLine()) for at most `moves` moves;
// setup that stands before the next move is included. Players may move twice in a row, as they do
// in handicap games. Ko is the simple rule; `tengen sgf` knows no superko, since many records break
// it. Suicide is a problem.
// Errors: as ReadSgfGameInfo, and boards beyond 19x19.
Result<SgfReplay> ReplaySgf(const SgfTree& tree, const std::vector<int>& line,
                            int moves = kAllSgfMoves);

// A tree of one node that says how a game starts: size, komi, rules, handicap, stones, the player
// to move. The application names itself in AP.
SgfTree SgfOfStart(const GoSetup& setup, std::string_view application);
// Adds a move below a node and returns its node.
int AddSgfMove(SgfTree& tree, int node, Player player, Action action, BoardShape shape);

}  // namespace tengen

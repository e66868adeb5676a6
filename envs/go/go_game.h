#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/game_options.h"
#include "envs/core/result.h"
#include "envs/go/board.h"
#include "envs/go/position_history.h"
#include "envs/go/rules.h"

// Go. Black is Player::kFirst. Action = point, row-major from the top row; the last action is the
// pass. Two passes in a row end the game, and so do 3 x area plies. Under area scoring the board
// then counts as it stands; under territory scoring stones that are dead beyond doubt are taken off
// first (PassDeadStones). Players who agree on more call ScoreGame, see scoring.h.

namespace tengen {

// Everything that makes one game of Go.
struct GoSetup {
  BoardShape shape = {9, 9};  // 1 to 19 rows and columns; rectangles too
  Rules rules;
  // Start position: one string per row from the top, "X" Black, "O" White, "." empty. No rows means
  // an empty board. The history of superko begins with it.
  std::vector<std::string> diagram;
  Player to_move = Player::kFirst;
  int max_plies = 0;  // 0 = 3 x area
  int handicap = 0;   // stones of the diagram that are a handicap, for the rules' bonus; handicap.h
};

class GoGame final : public Game {
 public:
  // Errors: sides out of range, a diagram of another shape, with other letters or with a chain that
  // has no liberty, max_plies or handicap out of range.
  static Result<std::shared_ptr<const GoGame>> Make(GoSetup setup);

  // From "size=9,komi=7,ko=positional,suicide=none" and the other options of Rules::Take. Sides of
  // 2 to 19 points; rectangles as "size=7x10" (rows x columns) or "rows=7,columns=10".
  // "handicap=4" sets fixed stones.
  static Result<std::shared_ptr<const Game>> FromOptions(GameOptions options);

  const Rules& rules() const { return setup_.rules; }
  const GoSetup& setup() const { return setup_; }
  Action pass() const { return spec().num_actions - 1; }
  // Points given to White, times two: komi and the rules' bonus for the handicap.
  int half_compensation() const { return half_compensation_; }

  std::unique_ptr<State> NewState() const override;

  // GTP's way: columns A to T without I from the left, rows from 1 at the bottom, "pass".
  std::string ActionText(Action action) const override;
  // Any case. Errors say which columns and rows there are.
  Result<Action> ParseAction(std::string_view text) const override;

  // Guarded index of a point's action. REQUIRES: action is not the pass.
  Point PointOf(Action action) const { return point_of_[static_cast<std::size_t>(action)]; }
  Action ActionOf(Point p) const { return action_of_[static_cast<std::size_t>(p)]; }

 private:
  GoGame(GoSetup setup, GameSpec spec);

  GoSetup setup_;
  int half_compensation_;
  std::vector<std::uint16_t> point_of_;
  std::vector<std::int16_t> action_of_;  // kNoAction at guards
  GoBoard start_;
};

// A position of Go with the history that its rules need.
//
// What an encoder may read (and InputKey covers): board() and the boards one and two plies ago,
// ToMove(), RecentMove(0 .. kRecentMoves-1), consecutive_passes(), follows_pass(), IsLegal,
// IsKoBanned, HalfScore(), PliesLeftUpToPoints(), and the game's rules, compensation and shape. Of
// the stones taken so far it may read the counts under territory scoring only.
class GoState final : public FlatState<GoState> {
 public:
  static constexpr int kRecentMoves = 5;

  GoState(const GoGame& game, const GoBoard& board, Player to_move);
  // `position` as a start of `game`, see StartFrom.
  GoState(const GoGame& game, const GoState& position);
  GoState(const GoState& other);
  // This position, with all its history, in a game that differs from its own in nothing but the
  // handicap, whose stones records count as they go on.
  std::unique_ptr<GoState> In(const GoGame& game) const;
  GoState& operator=(const GoState& other);

  const GoGame& game() const override { return *game_; }
  Player ToMove() const override { return to_move_; }
  bool IsTerminal() const override { return terminal_; }
  void LegalActions(std::vector<Action>& out) const override;
  bool IsLegal(Action action) const override;
  void Apply(Action action) override;
  // As Apply, whatever ko, superko and suicide rules say: records hold such moves.
  // REQUIRES: !IsTerminal(), and the pass or an empty point.
  void ApplyUnjudged(Action action);
  double Reward() const override;
  double Return(Player player) const override;
  int Ply() const override { return ply_; }
  std::uint64_t PositionHash() const override { return board_.hash(); }
  Key128 InputKey() const override;
  void Board(std::span<Cell> out) const override;
  bool FinalArea(std::span<Cell> owner, float* score_first) const override;
  std::string Text() const override;

  const GoBoard& board() const { return board_; }
  const Rules& rules() const { return game_->rules(); }

  // The action played `back` plies ago (0 = the last), kNoAction before the start.
  Action RecentMove(int back) const {
    return back < ply_ ? moves_[static_cast<std::size_t>(ply_ - 1 - back)] : kNoAction;
  }
  int consecutive_passes() const { return passes_; }
  // Whether the last move was a pass, also one that led to the start (StartFrom) and that counts no
  // more for the end of this game.
  bool follows_pass() const { return ply_ == 0 ? begins_after_pass_ : passes_ > 0; }
  // A pass before the start was nobody's move. REQUIRES: Ply() == 0.
  void ForgetPassBefore() { begins_after_pass_ = false; }
  // Plies before the game is cut off, but at most the points of the board: the same for nearly all
  // of a game, so that positions met at different plies stay one position.
  int PliesLeftUpToPoints() const {
    const GameSpec& spec = game_->spec();
    return std::min(spec.max_plies - ply_, spec.shape.points());
  }
  // Positions that superko remembers; 0 under simple ko.
  int remembered_positions() const { return history_.size(); }

  // Whether the player to move may play at an empty point, by all rules. As IsLegal, without the
  // check for the end of the game. REQUIRES: p is empty.
  bool IsLegalAt(Point p) const {
    // With a liberty of its own, on a point its player never held, a stone makes a new board.
    if (board_.EmptyNeighbours(p) > 0 && !board_.EverHeld(p, to_move_)) [[likely]]
      return true;
    return IsLegalByHistory(p);
  }

  // Whether only ko or superko forbids the player to move this action. False for occupied points,
  // suicide that the rules forbid, and the pass.
  bool IsKoBanned(Action action) const;

  // Score if the game ended here, first player minus second, komi and handicap bonus included, in
  // half points. `owner` as for AreaScore.
  int HalfScore(std::span<Cell> owner = {}) const;

 private:
  bool IsLegalByHistory(Point p) const;
  bool IsForbiddenSuicide(GoBoard::PlayKind kind) const;
  bool IsRepetition(Point p, GoBoard::PlayKind kind) const;
  std::uint64_t HistoryKey(std::uint64_t board_hash, Player next) const;
  void CopyRest(const GoState& other);
  void Finish();

  const GoGame* game_;
  Player to_move_;
  bool terminal_ = false;
  std::int8_t result_ = 0;  // terminal: +1 the first player won, 0 draw, -1
  bool begins_after_pass_ = false;
  int passes_ = 0;
  int ply_ = 0;
  // Hashes of the boards one and two plies ago, of the start where there were fewer.
  std::array<std::uint64_t, 2> earlier_boards_;
  GoBoard board_;
  PositionHistory history_;
  // Only the first ply_ entries are used.
  std::array<std::int16_t, PositionHistory::kCapacity> moves_;
};

// A game that starts from a position of another one, and its first state. That state has no recent
// moves, passes or plies, but keeps the stones taken, all that ko and superko forbid, and whether
// it follows a pass. The game is not over, even if the other one was.
struct GoStart {
  std::shared_ptr<const GoGame> game;
  std::unique_ptr<GoState> state;
};
// Errors: ko and superko of the old game leave no room for another move.
Result<GoStart> StartFrom(const GoState& position);
// As StartFrom, but with that player to move, and ko and superko know no earlier position.
GoStart StartAnew(const GoState& position, Player to_move);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"
#include "envs/core/symmetry.h"

// The two types that every planner, agent and network sees of a game. `Game` holds the immutable
// facts and makes positions; `State` is one position. One player with rewards (G = r + gamma G') or
// two players who alternate in a zero-sum game.
//
// Start reading at envs/games/tic_tac_toe.h; envs/README.md shows how to add a game.

namespace tengen {

// Dense index of a move: 0 <= action < GameSpec::num_actions.
using Action = std::int32_t;
inline constexpr Action kNoAction = -1;

enum class Player : std::int8_t { kFirst = 0, kSecond = 1 };
constexpr Player Opponent(Player player) {
  return player == Player::kFirst ? Player::kSecond : Player::kFirst;
}
constexpr int Index(Player player) { return static_cast<int>(player); }

// What stands on a point, named absolutely (not from the view of the player to move).
enum class Cell : std::int8_t { kEmpty = 0, kFirst = 1, kSecond = 2 };
constexpr Cell CellOf(Player player) {
  return player == Player::kFirst ? Cell::kFirst : Cell::kSecond;
}

// How the actions lie on the board; decides the policy head and how symmetries move actions.
enum class PolicyLayout {
  kPoints,         // action = point
  kPointsAndPass,  // action = point, the last action is the pass
  kColumns,        // action = column
  kDense,          // no geometry; symmetries leave actions alone
};

// 128 bits that identify everything an encoder may read. Collisions are treated as impossible.
struct Key128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Key128&) const = default;
  constexpr Key128& operator^=(const Key128& other) {
    high ^= other.high;
    low ^= other.low;
    return *this;
  }
};

struct GameSpec {
  std::string name;  // family, e.g. "go"
  std::string id;    // MakeGame(id) makes this very game again, e.g. "go:size=9,komi=7"
  BoardShape shape;
  int num_actions = 0;
  int num_players = 2;
  PolicyLayout policy = PolicyLayout::kPoints;
  SymmetryGroup symmetries;
  int max_plies = 0;         // play has ended after this many plies
  bool truncates = false;    // max_plies is a time limit: play is cut off, the position goes on
  double min_return = -1.0;  // of one player over a whole game
  double max_return = 1.0;
  double discount = 1.0;  // gamma; 1 for two players
  bool has_area = false;  // State::FinalArea gives owners and a score

  // The action that `action` becomes when the board is turned by `symmetry`.
  Action MapAction(Symmetry symmetry, Action action) const;
};

class State;

// Immutable, safe to share between threads.
class Game : public std::enable_shared_from_this<Game> {
 public:
  virtual ~Game() = default;

  const GameSpec& spec() const { return spec_; }

  // The start position. The state keeps a pointer to this game, which must outlive it.
  virtual std::unique_ptr<State> NewState() const = 0;

  // Games whose start position is drawn: this game with the start that belongs to `seed`, which its
  // id names. Others: null.
  virtual std::shared_ptr<const Game> WithStart(std::uint32_t seed) const {
    (void)seed;
    return nullptr;
  }

  // Text of a move as people write it. By default a point is its column letter and its row counted
  // from 1 at the top ("C3"), a column is counted from 1 ("4"), the pass is "pass", and a dense
  // action is its index. ParseAction reads what ActionText writes, letters in either case. It does
  // not say whether the move is legal.
  virtual std::string ActionText(Action action) const;
  virtual Result<Action> ParseAction(std::string_view text) const;

 protected:
  explicit Game(GameSpec spec) : spec_(std::move(spec)) {}

 private:
  GameSpec spec_;
};

// A position. A value behind an interface: copies are flat, without heap traffic, and copy only
// what is used. Not thread-safe; different objects are independent.
class State {
 public:
  virtual ~State() = default;

  virtual const Game& game() const = 0;

  // REQUIRES: !IsTerminal() for ToMove, LegalActions with any result, and Apply.
  virtual Player ToMove() const = 0;
  virtual bool IsTerminal() const = 0;
  // Replaces `out` by the legal actions in ascending order; empty if and only if terminal.
  virtual void LegalActions(std::vector<Action>& out) const = 0;
  virtual bool IsLegal(Action action) const = 0;
  // Plays a legal action. REQUIRES: IsLegal(action).
  virtual void Apply(Action action) = 0;

  // Reward of the last Apply, from the view of the player who took it; 0 at the start. In a
  // two-player game it is 0 until the last move, then that player's result: +1, 0 or -1.
  virtual double Reward() const = 0;
  // Undiscounted sum of rewards so far, from `player`'s view. Two players: sums to zero.
  virtual double Return(Player player) const = 0;
  // Actions applied since the start position.
  virtual int Ply() const = 0;

  virtual std::unique_ptr<State> Clone() const = 0;
  // Makes this a copy of `other` without heap traffic. REQUIRES: other is of the same game.
  virtual void CopyFrom(const State& other) = 0;

  // Hash of the board alone (not of the player to move or history): equal boards, equal hashes.
  virtual std::uint64_t PositionHash() const = 0;
  // Identifies everything that an encoder may read: board, history, player, rules, komi.
  virtual Key128 InputKey() const = 0;

  // Writes the board, row-major from the top row. REQUIRES: out.size() == shape.points().
  virtual void Board(std::span<Cell> out) const = 0;
  // Games with GameSpec::has_area, terminal states: owner of each point and the score, first player
  // minus second, komi included. An empty `owner` asks for the score alone. False for every other
  // game.
  virtual bool FinalArea(std::span<Cell> owner, float* score_first) const {
    (void)owner, (void)score_first;
    return false;
  }

  // Picture of the position for people and tests.
  virtual std::string Text() const = 0;
};

// Whether play ends here: by the rules, or cut off by a time limit.
inline bool IsOver(const State& state) {
  const GameSpec& spec = state.game().spec();
  return state.IsTerminal() || (spec.truncates && state.Ply() >= spec.max_plies);
}

// State::Board drawn as text, one line per row: '.' empty, 'X' first player, 'O' second player,
// with the column letters and row numbers of Game::ActionText around it. REQUIRES: at most 26
// columns.
std::string BoardText(const State& state);

// Implements the copying half of State for a final class `Derived` whose copy assignment is flat.
template <typename Derived>
class FlatState : public State {
 public:
  std::unique_ptr<State> Clone() const final { return std::make_unique<Derived>(self()); }
  void CopyFrom(const State& other) final {
    static_cast<Derived&>(*this) = static_cast<const Derived&>(other);
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "envs/core/game.h"
#include "envs/core/rng.h"

namespace tengen {

// Zobrist key of a stone on a point (Zobrist 1970): the key of a board is the exclusive or of the
// keys of its stones, so putting and lifting a stone are the same operation.
constexpr Key128 StoneKey(Player player, int point) {
  const auto stone = 2 * static_cast<std::uint64_t>(point) + static_cast<std::uint64_t>(player);
  return {Mix64(0x7465'6e67'656e'0001ULL + (stone << 20)),
          Mix64(0x7465'6e67'656e'0002ULL + (stone << 20))};
}

// Key of a text, such as a game id.
constexpr Key128 TextKey(std::string_view text) {
  Key128 key{1, 2};
  for (const char c : text) {
    key.high = Mix64(key.high ^ static_cast<unsigned char>(c));
    key.low = Mix64(key.low ^ static_cast<unsigned char>(c));
  }
  return key;
}

// The half of State that is the same for every game of this folder: whose turn it is, plies, result
// and hashes. For games of two players in which board and player to move decide everything else.
// `GameType` is the game's own class, complete before `Derived`.
//
// A game adds Board, LegalActions, IsLegal and Apply. Apply calls Toggle for each stone put or
// lifted, EndTurn once, and Finish if that ended the game.
template <typename Derived, typename GameType>
class BoardState : public FlatState<Derived> {
 public:
  // `game` must outlive the state.
  explicit BoardState(const GameType& game) : game_(&game), key_(TextKey(game.spec().id)) {}

  const GameType& game() const final { return *game_; }
  Player ToMove() const final { return to_move_; }
  bool IsTerminal() const final { return over_; }
  int Ply() const final { return ply_; }

  double Reward() const final { return Return(Opponent(to_move_)); }
  double Return(Player player) const final {
    if (winner_ == Cell::kEmpty) return 0.0;
    return winner_ == CellOf(player) ? 1.0 : -1.0;
  }

  std::uint64_t PositionHash() const final { return key_.low; }
  Key128 InputKey() const final {
    constexpr Key128 kSecondToMove = TextKey("second player to move");
    Key128 key = key_;
    if (to_move_ == Player::kSecond) key ^= kSecondToMove;
    return key;
  }

  std::string Text() const final { return BoardText(*this); }

 protected:
  void Toggle(Player player, int point) { key_ ^= StoneKey(player, point); }
  void EndTurn() {
    ++ply_;
    to_move_ = Opponent(to_move_);
  }
  // Ends the game; Cell::kEmpty is a draw.
  void Finish(Cell winner) {
    over_ = true;
    winner_ = winner;
  }

 private:
  const GameType* game_;
  Key128 key_;
  int ply_ = 0;
  Player to_move_ = Player::kFirst;
  bool over_ = false;
  Cell winner_ = Cell::kEmpty;
};

}  // namespace tengen

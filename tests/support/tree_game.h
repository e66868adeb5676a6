#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/game.h"

namespace tengen {

// A game given by its graph: position i has the moves moves[i], numbered 0, 1, ...; no moves end
// the game. Position 0 is the start. Edges must lead to larger numbers.
struct TreeGameMove {
  int to = 0;
  double reward = 0.0;  // for the player who moves
};

class TreeGame final : public Game {
 public:
  using Moves = std::vector<std::vector<TreeGameMove>>;

  TreeGame(Moves moves, int num_players, double discount)
      : Game(MakeSpec(moves, num_players, discount)), moves_(std::move(moves)) {}

  std::unique_ptr<State> NewState() const override;
  const std::vector<TreeGameMove>& moves(int position) const {
    return moves_[static_cast<std::size_t>(position)];
  }

 private:
  static GameSpec MakeSpec(const Moves& moves, int num_players, double discount) {
    GameSpec spec;
    spec.name = "tree";
    spec.id = "tree";
    spec.num_players = num_players;
    spec.discount = discount;
    spec.policy = PolicyLayout::kDense;
    spec.max_plies = static_cast<int>(moves.size());
    for (const auto& list : moves) {
      spec.num_actions = std::max(spec.num_actions, static_cast<int>(list.size()));
    }
    spec.shape = {1, spec.num_actions};
    return spec;
  }

  Moves moves_;
};

class TreeGameState final : public FlatState<TreeGameState> {
 public:
  explicit TreeGameState(const TreeGame& game) : game_(&game) {}

  int position() const { return position_; }

  const Game& game() const override { return *game_; }
  Player ToMove() const override {
    return game_->spec().num_players == 2 && ply_ % 2 == 1 ? Player::kSecond : Player::kFirst;
  }
  bool IsTerminal() const override { return game_->moves(position_).empty(); }
  void LegalActions(std::vector<Action>& out) const override {
    out.clear();
    for (std::size_t i = 0; i < game_->moves(position_).size(); ++i) {
      out.push_back(static_cast<Action>(i));
    }
  }
  bool IsLegal(Action action) const override {
    return action >= 0 && action < static_cast<Action>(game_->moves(position_).size());
  }
  void Apply(Action action) override {
    TENGEN_CHECK(IsLegal(action), "action ", action, " in position ", position_);
    const TreeGameMove& move = game_->moves(position_)[static_cast<std::size_t>(action)];
    reward_ = move.reward;
    return_first_ += ToMove() == Player::kFirst ? move.reward : -move.reward;
    position_ = move.to;
    ++ply_;
  }
  double Reward() const override { return reward_; }
  double Return(Player player) const override {
    return player == Player::kFirst ? return_first_ : -return_first_;
  }
  int Ply() const override { return ply_; }
  std::uint64_t PositionHash() const override { return static_cast<std::uint64_t>(position_); }
  Key128 InputKey() const override {
    return {static_cast<std::uint64_t>(position_), static_cast<std::uint64_t>(ply_)};
  }
  void Board(std::span<Cell> out) const override {
    std::fill(out.begin(), out.end(), Cell::kEmpty);
  }
  std::string Text() const override { return StrCat("position ", position_); }

 private:
  const TreeGame* game_;
  int position_ = 0;
  int ply_ = 0;
  double reward_ = 0.0;
  double return_first_ = 0.0;
};

inline std::unique_ptr<State> TreeGame::NewState() const {
  return std::make_unique<TreeGameState>(*this);
}

}  // namespace tengen

#include "agents/gtp_game.h"

#include <utility>

#include "envs/core/check.h"

namespace tengen {

GtpGame::GtpGame(BoardShape shape, const Rules& rules) : shape_(shape), rules_(rules) { Clear(); }

void GtpGame::Clear() {
  const Status started = Start({}, Player::kFirst);
  TENGEN_CHECK(started.ok(), started.ok() ? "" : started.error());
}

void GtpGame::Resize(BoardShape shape) {
  shape_ = shape;
  Clear();
}

void GtpGame::SetRules(const Rules& rules) {
  std::vector<std::string> rows = Rows();
  rules_ = rules;
  if (Replay()) return;
  const Status started = Start(std::move(rows), to_move_, handicap_);
  TENGEN_CHECK(started.ok(), started.ok() ? "" : started.error());
}

Status GtpGame::Start(std::vector<std::string> diagram, Player to_move, int handicap) {
  GoSetup setup;
  setup.shape = shape_;
  setup.rules = rules_;
  setup.diagram = diagram;
  setup.to_move = to_move;
  setup.handicap = handicap;
  auto game = GoGame::Make(std::move(setup));
  if (!game) return Error{game.error()};
  diagram_ = std::move(diagram);
  first_to_move_ = to_move_ = to_move;
  handicap_ = handicap;
  moves_.clear();
  removed_before_ = {0, 0};
  Restart(diagram_, to_move);
  return Ok{};
}

Status GtpGame::Play(Player player, Action action) {
  const std::shared_ptr<const GoGame> game = game_;
  const auto before = std::make_unique<GoState>(*state_);
  const std::array<int, 2> removed_before = removed_before_;
  Prepare(player);
  if (!state_->IsLegal(action)) {
    const std::string text = game_->ActionText(action);
    game_ = game;
    *state_ = *before;
    removed_before_ = removed_before;
    return Error{StrCat("illegal move: ", text)};
  }
  state_->Apply(action);
  moves_.push_back({player, action});
  to_move_ = Opponent(player);
  return Ok{};
}

bool GtpGame::Undo() {
  if (moves_.empty()) return false;
  const Player player = moves_.back().player;
  moves_.pop_back();
  const bool legal = Replay();
  TENGEN_CHECK(legal, "a move of the game became illegal");
  to_move_ = player;
  return true;
}

void GtpGame::Prepare(Player player) {
  if (!state_->IsTerminal() && state_->ToMove() == player) return;
  if (!state_->IsTerminal() && state_->consecutive_passes() == 0) {
    state_->Apply(game_->pass());
    if (!state_->IsTerminal()) return;
  }
  const std::array<int, 2> removed = {this->removed(Player::kFirst),
                                      this->removed(Player::kSecond)};
  Restart(Rows(), player);
  removed_before_ = removed;
}

void GtpGame::Restart(std::vector<std::string> diagram, Player to_move) {
  GoSetup setup;
  setup.shape = shape_;
  setup.rules = rules_;
  setup.diagram = std::move(diagram);
  setup.to_move = to_move;
  setup.handicap = handicap_;
  game_ = GoGame::Make(std::move(setup)).value();
  std::unique_ptr<State> state = game_->NewState();
  state_.reset(static_cast<GoState*>(state.release()));
}

// Plays all moves again from the start. False, with the state unspecified, if one is illegal.
bool GtpGame::Replay() {
  removed_before_ = {0, 0};
  Restart(diagram_, first_to_move_);
  for (const GtpMove& move : moves_) {
    Prepare(move.player);
    if (!state_->IsLegal(move.action)) return false;
    state_->Apply(move.action);
  }
  return true;
}

std::vector<std::string> GtpGame::Rows() const {
  std::vector<std::string> rows;
  const std::string text = state_->board().Text();
  const auto columns = static_cast<std::size_t>(shape_.columns);
  for (std::size_t at = 0; at + columns <= text.size(); at += columns + 1) {
    rows.push_back(text.substr(at, columns));
  }
  return rows;
}

}  // namespace tengen

#include "agents/gtp/gtp_game.h"

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
  std::vector<std::string> rows = state().board().Rows();
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
  now_ = Begin(diagram_, to_move);
  return Ok{};
}

Status GtpGame::Play(Player player, Action action) {
  Position next = NowFor(player);
  if (!next.state->IsLegal(action)) {
    return Error{StrCat("illegal move: ", game().ActionText(action))};
  }
  next.state->Apply(action);
  now_ = std::move(next);
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

const GoState& GtpGame::StateFor(Player player) {
  asked_ = NowFor(player);
  return *asked_.state;
}

GtpGame::Position GtpGame::NowFor(Player player) const {
  Position position = {now_.game, std::make_unique<GoState>(state()), now_.removed_before};
  if (position.state->IsTerminal()) position = GoOn(position);
  if (position.state->ToMove() == player) return position;
  position.state->Apply(position.game->pass());
  return GoOn(position);
}

// The same position in a game that is not over.
GtpGame::Position GtpGame::GoOn(const Position& from) const {
  if (auto start = StartFrom(*from.state); start) {
    return {std::move(start->game), std::move(start->state), from.removed_before};
  }
  // Longer than superko can remember: it looks no further back.
  Position position = Begin(from.state->board().Rows(), from.state->ToMove());
  position.removed_before = {from.Removed(Player::kFirst), from.Removed(Player::kSecond)};
  return position;
}

GtpGame::Position GtpGame::Begin(std::vector<std::string> diagram, Player to_move) const {
  GoSetup setup;
  setup.shape = shape_;
  setup.rules = rules_;
  setup.diagram = std::move(diagram);
  setup.to_move = to_move;
  setup.handicap = handicap_;
  Position position;
  position.game = GoGame::Make(std::move(setup)).value();
  std::unique_ptr<State> state = position.game->NewState();
  position.state.reset(static_cast<GoState*>(state.release()));
  return position;
}

// Plays all moves again from the start. False, with the position unspecified, if one is illegal.
bool GtpGame::Replay() {
  now_ = Begin(diagram_, first_to_move_);
  for (const GtpMove& move : moves_) {
    Position next = NowFor(move.player);
    if (!next.state->IsLegal(move.action)) return false;
    next.state->Apply(move.action);
    now_ = std::move(next);
  }
  return true;
}

}  // namespace tengen

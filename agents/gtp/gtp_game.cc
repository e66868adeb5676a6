#include "agents/gtp/gtp_game.h"

#include <algorithm>
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
  const Player to_move = to_move_;
  rules_ = rules;
  Replay();
  to_move_ = to_move;
}

Status GtpGame::Start(std::vector<std::string> diagram, Player to_move) {
  return StartWith(std::move(diagram), to_move, std::nullopt);
}

Status GtpGame::StartAgain(std::vector<std::string> diagram, Player to_move, const Before& before) {
  return StartWith(std::move(diagram), to_move, before);
}

Status GtpGame::StartWith(std::vector<std::string> diagram, Player to_move,
                          const std::optional<Before>& before) {
  const auto is_empty = [](const std::string& row) {
    return row.find_first_not_of('.') == std::string::npos;
  };
  if (static_cast<int>(diagram.size()) == shape_.rows &&
      std::all_of(diagram.begin(), diagram.end(), is_empty)) {
    diagram.clear();
  }
  GoSetup setup;
  setup.shape = shape_;
  setup.rules = rules_;
  setup.diagram = diagram;
  setup.to_move = to_move;
  setup.handicap = before ? before->handicap : 0;
  if (const auto game = GoGame::Make(std::move(setup)); !game) return Error{game.error()};
  diagram_ = std::move(diagram);
  first_to_move_ = to_move;
  fixed_handicap_ = before ? std::optional(before->handicap) : std::nullopt;
  start_removed_ = before ? before->removed : std::array<int, 2>{0, 0};
  moves_.clear();
  if (repeats_from_) repeats_from_ = 0;
  Replay();
  return Ok{};
}

Status GtpGame::Play(Player player, Action action) {
  Position next = NowFor(player);
  if (!next.state->IsLegal(action)) {
    return Error{StrCat("illegal move: ", game().ActionText(action))};
  }
  Keep(std::move(next), player, action);
  return Ok{};
}

Status GtpGame::PlayTolerantly(Player player, Action action) {
  if (action != game().pass()) {
    const GoBoard& board = state().board();
    const Point p = game().PointOf(action);
    const bool taken = board.At(p) != Cell::kEmpty;
    if (taken || board.Classify(p, player) == GoBoard::PlayKind::kSingleSuicide) {
      return Error{StrCat("illegal move: ", game().ActionText(action),
                          taken ? " holds a stone" : " is suicide")};
    }
  }
  Execute(player, action);
  return Ok{};
}

void GtpGame::Execute(Player player, Action action) {
  Position next = NowFor(player);
  if (action != next.game->pass() &&
      next.state->board().At(next.game->PointOf(action)) != Cell::kEmpty) {
    next = WithoutStone(next, action);
  }
  Keep(std::move(next), player, action);
}

// Plays a move in a position in which it is that player's turn.
void GtpGame::Keep(Position next, Player player, Action action) {
  if (BeginsAnew(player)) base_ = BaseOf(state().board().Rows(), moves_.size());
  next.state->ApplyUnjudged(action);
  before_ = std::exchange(now_, std::move(next));
  moves_.push_back({player, action});
  to_move_ = Opponent(player);
  CountHandicapAnew();
}

bool GtpGame::Undo() {
  if (moves_.empty()) return false;
  const Player player = moves_.back().player;
  moves_.pop_back();
  if (repeats_from_) repeats_from_ = std::min(*repeats_from_, moves_.size());
  Replay();
  to_move_ = player;
  return true;
}

int GtpGame::start_handicap() const { return CountHandicap(BaseOf(diagram_, moves_.size())); }

GtpGame::Base GtpGame::BaseOf(const std::vector<std::string>& rows, std::size_t moves) {
  Base base;
  base.moves = moves;
  for (const std::string& row : rows) {
    base.black += static_cast<int>(std::count(row.begin(), row.end(), 'X'));
    base.white += static_cast<int>(std::count(row.begin(), row.end(), 'O'));
  }
  return base;
}

// Whether a move of that player would begin anew from the present position.
bool GtpGame::BeginsAnew(Player player) const {
  const bool repeated = !moves_.empty() && moves_.back().player == player;
  return repeated && repeats_from_ && moves_.size() >= *repeats_from_;
}

int GtpGame::CountHandicap(const Base& base) const {
  if (base.white > 0) return 0;
  int moved = 0;
  for (std::size_t i = base.moves; i < moves_.size(); ++i) {
    const auto& [player, action] = moves_[i];
    const bool pass = action == game().pass();
    if (player == Player::kFirst) {
      moved += pass ? 0 : 1;
      continue;
    }
    if (i + 1 < moves_.size() && moves_[i + 1].player == Player::kSecond) {
      moved = 0;
      break;
    }
    if (!pass) break;
  }
  // Stones that Black takes off by suicide count on; a GoGame has no handicap beyond its points.
  const int stones = std::min(base.black + moved, shape_.points());
  return stones < 2 ? 0 : stones;
}

void GtpGame::CountHandicapAnew() {
  const bool fixed = fixed_handicap_ && base_.moves == 0;
  handicap_ = fixed ? *fixed_handicap_ : CountHandicap(base_);
  SetHandicap(now_, handicap_);
}

void GtpGame::SetHandicap(Position& position, int handicap) const {
  GoSetup setup = position.game->setup();
  if (rules_.bonus == HandicapBonus::kNone || setup.handicap == handicap) return;
  setup.handicap = handicap;
  auto game = GoGame::Make(std::move(setup)).value();
  position.state = position.state->In(*game);
  position.game = std::move(game);
}

const GoState& GtpGame::StateFor(Player player) {
  asked_ = NowFor(player);
  if (BeginsAnew(player)) {
    SetHandicap(asked_, CountHandicap(BaseOf(state().board().Rows(), moves_.size())));
  }
  return *asked_.state;
}

GtpGame::Position GtpGame::NowFor(Player player) const {
  if (BeginsAnew(player)) return GoOnAnew(now_, player);
  Position position = {now_.game, std::make_unique<GoState>(state())};
  if (position.state->IsTerminal()) {
    const bool passed = position.state->consecutive_passes() == 2 && before_.state != nullptr;
    const bool turn = position.state->ToMove() == player;
    position = passed && turn ? BehindLastPass() : GoOn(position);
  }
  if (position.state->ToMove() == player) return position;
  position.state->Apply(position.game->pass());
  position = GoOn(position);
  position.state->ForgetPassBefore();
  return position;
}

// After two passes: a game that begins before the last of them.
GtpGame::Position GtpGame::BehindLastPass() const {
  auto start = StartFrom(*before_.state);
  if (!start) return GoOn(now_);
  start->state->Apply(start->game->pass());
  return {std::move(start->game), std::move(start->state)};
}

// The same position in a game that is not over.
GtpGame::Position GtpGame::GoOn(const Position& from) {
  if (auto start = StartFrom(*from.state); start) {
    return {std::move(start->game), std::move(start->state)};
  }
  // Longer than superko can remember: it looks no further back.
  return GoOnAnew(from, from.state->ToMove());
}

// As GoOn, with that player to move. What ko and superko remember is lost.
GtpGame::Position GtpGame::GoOnAnew(const Position& from, Player to_move) {
  GoStart start = StartAnew(*from.state, to_move);
  return {std::move(start.game), std::move(start.state)};
}

// A game from that board on, with stones of each player taken off before.
GtpGame::Position GtpGame::Begin(std::vector<std::string> diagram, Player to_move,
                                 const std::array<int, 2>& removed) const {
  GoSetup setup;
  setup.shape = shape_;
  setup.rules = rules_;
  setup.diagram = std::move(diagram);
  setup.to_move = to_move;
  setup.handicap = handicap_;
  Position position;
  position.game = GoGame::Make(std::move(setup)).value();
  const std::unique_ptr<State> start = position.game->NewState();
  GoBoard board = static_cast<const GoState&>(*start).board();
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    board.CountRemoved(player, removed[static_cast<std::size_t>(Index(player))]);
  }
  position.state = std::make_unique<GoState>(*position.game, board, to_move);
  return position;
}

// The position with a point cleared. What ko and superko remember is lost.
GtpGame::Position GtpGame::WithoutStone(const Position& from, Action action) const {
  const GoBoard& board = from.state->board();
  std::vector<std::string> rows = board.Rows();
  rows[static_cast<std::size_t>(action / shape_.columns)]
      [static_cast<std::size_t>(action % shape_.columns)] = '.';
  return Begin(std::move(rows), from.state->ToMove(),
               {board.removed(Player::kFirst), board.removed(Player::kSecond)});
}

// Plays all moves again from the start.
void GtpGame::Replay() {
  std::vector<GtpMove> moves;
  std::swap(moves, moves_);
  handicap_ = 0;
  base_ = BaseOf(diagram_, 0);
  before_ = {};
  now_ = Begin(diagram_, first_to_move_, start_removed_);
  to_move_ = first_to_move_;
  CountHandicapAnew();
  for (const GtpMove& move : moves) Execute(move.player, move.action);
}

}  // namespace tengen

#include "experiments/viewer/play/play_game.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "agents/gtp/dead_stones.h"
#include "agents/gtp/position_search.h"
#include "agents/gtp/record_game.h"
#include "envs/core/check.h"
#include "envs/go/scoring.h"
#include "envs/go/sgf_game.h"
#include "experiments/analysis/analysis_position.h"
#include "experiments/pictures/board_style.h"
#include "experiments/viewer/play/play_record.h"

namespace tengen {
namespace {

const GoState& AsGo(const PlayPosition& position) {
  return dynamic_cast<const GoState&>(*position.state);
}

std::string Points(float score) {
  return KomiText(static_cast<int>(std::lround(2.0F * std::fabs(score))));
}

std::string EvaluationComment(const PlayPosition& position) {
  if (!position.win_rate_first) return "";
  char text[80];
  std::snprintf(text, sizeof(text), "Black wins %.1f %%", 100.0 * *position.win_rate_first);
  std::string comment = text;
  if (position.score_first) {
    std::snprintf(text, sizeof(text), ", leads by %+.1f points",
                  static_cast<double>(*position.score_first));
    comment += text;
  }
  return comment;
}

}  // namespace

PlayGame::PlayGame(std::shared_ptr<const Game> game) {
  PlayPosition& start = positions_.emplace_back();
  start.state = game->NewState();
  start.game = std::move(game);
}

Result<PlayGame> PlayGame::ReadSgf(std::string_view bytes) {
  auto trees = ParseSgf(bytes);
  if (!trees) return Error{trees.error()};
  const SgfTree& tree = trees->front();
  const std::vector<int> line = tree.MainLine();
  auto record = RecordGame::Start(tree, line, UsualSgfRules());
  if (!record) return Error{record.error()};
  PlayGame game;
  bool more = true;
  while (more) {
    const auto now = PositionFor(record->game(), record->game().to_move(), RootHistory::kShown);
    if (!now) return Error{StrCat("move ", record->follower().moves(), ": ", now.error())};
    PlayPosition position;
    position.game = now->game;
    position.state = now->state;
    position.node = line.back();
    if (!game.positions_.empty()) {
      const SgfMove& move = record->follower().last_move();
      position.move = move.action;
      position.mover = move.player;
      game.positions_.back().node = tree.nodes[static_cast<std::size_t>(move.node)].parent;
    }
    game.Append(std::move(position));
    more = record->Next();
  }
  if (record->problem()) return Error{record->problem()->message};
  game.notes = record->Notes();
  const SgfGameInfo& info = record->follower().info();
  if (!info.black.empty()) game.first_name = info.black;
  if (!info.white.empty()) game.second_name = info.white;
  game.read_ = std::move(*trees);
  return game;
}

void PlayGame::Append(PlayPosition position) {
  if (!positions_.empty()) {
    const PlayPosition& before = positions_.back();
    if (before.game == position.game && before.state->ToMove() == position.mover &&
        before.state->IsLegal(position.move)) {
      const std::unique_ptr<State> next = before.state->Clone();
      next->Apply(position.move);
      position.follows = next->InputKey() == position.state->InputKey();
    }
  }
  positions_.push_back(std::move(position));
  if (positions_.size() > 1) Thin(positions_.size() - 2);
}

std::shared_ptr<const State> PlayGame::StateAt(std::size_t ply) const {
  std::size_t kept = ply;
  while (positions_[kept].state == nullptr) --kept;
  if (kept == ply) return positions_[ply].state;
  std::unique_ptr<State> state = positions_[kept].state->Clone();
  while (kept < ply) state->Apply(positions_[++kept].move);
  return state;
}

void PlayGame::Thin(std::size_t ply) {
  if (ply % kKeptEvery == 0 || ply == shown_ || ply + 1 == positions_.size()) return;
  if (positions_[ply].follows) positions_[ply].state = nullptr;
}

bool PlayGame::is_go() const { return game().spec().name == "go"; }

void PlayGame::GoTo(int ply) {
  const std::size_t before = shown_;
  shown_ = static_cast<std::size_t>(std::clamp(ply, 0, plies()));
  shown().state = StateAt(shown_);
  if (before != shown_) Thin(before);
}

Status PlayGame::Play(Action action) {
  if (over()) return Error{"the game is over"};
  const PlayPosition& now = shown();
  if (action < 0 || action >= game().spec().num_actions) return Error{"no such move"};
  if (!now.state->IsLegal(action)) return Error{StrCat("illegal move ", game().ActionText(action))};
  PlayPosition next;
  next.game = now.game;
  next.mover = now.state->ToMove();
  next.move = action;
  std::unique_ptr<State> state = now.state->Clone();
  state->Apply(action);
  next.state = std::move(state);
  positions_.resize(shown_ + 1);
  positions_.push_back(std::move(next));
  ++shown_;
  DropResult();
  return Ok{};
}

void PlayGame::Undo(int plies) {
  DropResult();
  shown_ -= std::min(shown_, static_cast<std::size_t>(std::max(plies, 0)));
  shown().state = StateAt(shown_);
  positions_.resize(shown_ + 1);
}

void PlayGame::DropResult() {
  end_ = PlayEnd::kNone;
  dead_.clear();
  has_marks_ = false;
  ++revision_;
}

void PlayGame::End(PlayEnd end, Player loser) {
  positions_.resize(shown_ + 1);
  DropResult();
  end_ = end;
  loser_ = loser;
}

bool PlayGame::over() const {
  return (end_ != PlayEnd::kNone && at_end()) || IsOver(*shown().state);
}

bool PlayGame::needs_scoring() const {
  return is_go() && end_ == PlayEnd::kNone && shown().state->IsTerminal();
}

std::vector<Cell> PlayGame::Cells() const {
  std::vector<Cell> cells(static_cast<std::size_t>(game().spec().shape.points()));
  shown().state->Board(cells);
  return cells;
}

namespace {

std::vector<Point> DeadPoints(const GoState& state, const std::vector<bool>& dead) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < dead.size(); ++i) {
    if (dead[i]) points.push_back(state.game().PointOf(static_cast<Action>(i)));
  }
  return points;
}

}  // namespace

std::vector<Cell> PlayGame::Area() const {
  const GoState& state = AsGo(shown());
  std::vector<Cell> owner(static_cast<std::size_t>(game().spec().shape.points()));
  ScoreGame(state.board(), state.rules().tax, DeadPoints(state, dead_), owner);
  return owner;
}

float PlayGame::ScoreAt(const PlayPosition& position) const {
  const GoState& state = AsGo(position);
  const GoScore score = ScoreGame(state.board(), state.rules().tax, DeadPoints(state, dead_));
  return static_cast<float>(score.Difference(state.rules())) -
         0.5F * static_cast<float>(state.game().half_compensation());
}

void PlayGame::ToggleDead(int point) {
  if (!needs_scoring()) return;
  const GoState& state = AsGo(shown());
  const Point p = state.game().PointOf(point);
  if (state.board().At(p) == Cell::kEmpty) return;
  dead_.resize(static_cast<std::size_t>(game().spec().shape.points()));
  has_marks_ = true;
  ++revision_;
  const bool becomes = !dead_[static_cast<std::size_t>(point)];
  for (const Point stone : ChainAt(state.board(), p)) {
    dead_[static_cast<std::size_t>(state.game().ActionOf(stone))] = becomes;
  }
}

std::string PlayGame::ResultText() const {
  if (!over()) return "";
  const GameSpec& spec = game().spec();
  if (end_ != PlayEnd::kNone) {
    return StrCat(PlayerName(spec, Opponent(loser_)), " wins, ", PlayerName(spec, loser_),
                  end_ == PlayEnd::kResignation ? " resigned" : " ran out of time");
  }
  if (needs_scoring()) {
    const float score = Score();
    if (score == 0.0F) return "A draw";
    return StrCat(PlayerName(spec, score > 0.0F ? Player::kFirst : Player::kSecond), " wins by ",
                  Points(score), Points(score) == "1" ? " point" : " points");
  }
  const double result = shown().state->Return(Player::kFirst);
  if (result == 0.0) return "A draw";
  return StrCat(PlayerName(spec, result > 0.0 ? Player::kFirst : Player::kSecond), " wins");
}

std::vector<int> PlayGame::Captures() const {
  if (!is_go()) return {0, 0};
  const GoBoard& board = AsGo(shown()).board();
  return {board.removed(Player::kSecond), board.removed(Player::kFirst)};
}

std::vector<int> PlayGame::MoveNumbers() const {
  const std::vector<Cell> cells = Cells();
  std::vector<int> numbers(cells.size(), 0);
  for (std::size_t i = 1; i <= shown_; ++i) {
    const int row = positions_[i].move;
    const GameSpec& spec = positions_[i].game->spec();
    if (spec.policy == PolicyLayout::kColumns) continue;
    if (row >= 0 && row < spec.shape.points()) {
      numbers[static_cast<std::size_t>(row)] = static_cast<int>(i);
    }
  }
  for (std::size_t p = 0; p < cells.size(); ++p) {
    if (cells[p] == Cell::kEmpty) numbers[p] = 0;
  }
  return numbers;
}

// Of the end of the line, a game of Go.
std::string PlayGame::SgfResultText() const {
  const std::string winner = loser_ == Player::kFirst ? "W+" : "B+";
  if (end_ == PlayEnd::kResignation) return winner + "R";
  if (end_ == PlayEnd::kTime) return winner + "T";
  const float score = ScoreAt(positions_.back());
  if (score == 0.0F) return "0";
  return (score > 0.0F ? "B+" : "W+") + Points(score);
}

std::string PlayGame::Record() const {
  if (!is_go()) {
    std::string text = game().spec().id + "\n";
    for (std::size_t i = 1; i < positions_.size(); ++i) {
      text += positions_[i].game->ActionText(positions_[i].move) + "\n";
    }
    return text + (over() && at_end() ? ResultText() + "\n" : "");
  }
  const GoSetup& setup = AsGo(positions_.front()).game().setup();
  std::vector<SgfTree> trees = read_;
  if (trees.empty()) trees.push_back(SgfOfStart(setup, "Tengen"));
  SgfTree& tree = trees.front();
  const auto name = [&](const char* property, const std::string& text, const char* usual) {
    const std::string there = SgfText(tree.root().Value(property));
    const bool says = !read_.empty() && text == (there.empty() ? usual : there);
    if (!says) SetRootText(tree, property, text);
  };
  name("PB", first_name, "Black");
  name("PW", second_name, "White");
  const bool as_read = !read_.empty() && revision_ == 0;
  if (!as_read || tree.root().Find("RE") == nullptr) {
    SetRootText(tree, "RE", finished() ? SgfResultText() : "");
  }
  int node = std::max(positions_.front().node, 0);
  for (std::size_t i = 1; i < positions_.size(); ++i) {
    const PlayPosition& position = positions_[i];
    const bool read = position.node != SgfNode::kNoNode;
    node = read ? position.node
                : FollowOrAddMove(tree, node, position.mover, position.move, setup.shape);
    AddComment(tree, node, EvaluationComment(position));
  }
  if (!as_read) EndLineAt(tree, node);
  return WriteSgf(trees);
}

}  // namespace tengen

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/go/sgf.h"

namespace tengen {

// A position of a game that is being played, and the move that led to it.
struct PlayPosition {
  std::shared_ptr<const Game> game;  // of the state, which it must outlive
  // Null where it follows from the moves since another one (PlayGame::ReadSgf); never that of the
  // position shown or of the last.
  std::shared_ptr<const State> state;
  bool follows = false;     // by its move from the position before, in the same game
  Action move = kNoAction;  // kNoAction at the start
  Player mover = Player::kFirst;
  // The last node of the record that belongs to this position; kNoNode where it was played here.
  int node = SgfNode::kNoNode;
  // What a search said of this position, if one looked: win rate of the first player in [0, 1],
  // score for it in points.
  std::optional<float> win_rate_first;
  std::optional<float> score_first;
};

// How a game ended, where the rules alone do not say it.
enum class PlayEnd { kNone, kResignation, kTime };

// One line of play, with one position shown: what the window plays, replays and saves. Going back
// and playing another move drops what followed. Not thread-safe.
class PlayGame {
 public:
  explicit PlayGame(std::shared_ptr<const Game> game);
  // Of a record's positions that follow from those before only each so many'th is kept: 20,000
  // whole ones take half a gigabyte.
  static constexpr std::size_t kKeptEvery = 64;

  // The main line of a record of Go, shown at its start. Moves that the rules forbid are executed.
  // Errors: not SGF, not Go, a point off the board (the number of its move is named) ...
  static Result<PlayGame> ReadSgf(std::string_view bytes);

  const Game& game() const { return *shown().game; }
  const PlayPosition& shown() const { return positions_[shown_]; }
  PlayPosition& shown() { return positions_[shown_]; }
  const std::vector<PlayPosition>& positions() const { return positions_; }
  int ply() const { return static_cast<int>(shown_); }
  int plies() const { return static_cast<int>(positions_.size()) - 1; }
  bool at_end() const { return shown_ + 1 == positions_.size(); }
  void GoTo(int ply);  // clamped

  // Plays for the player to move. Errors: an illegal move, a game that is over.
  Status Play(Action action);
  // Takes back the last `plies` moves, the shown one first.
  void Undo(int plies);
  // The player to move, or the one named, gives up or has no time left.
  void End(PlayEnd end, Player loser);

  // Whether play has ended at the shown position.
  bool over() const;
  // Go that ended by passes: its players may still say what is dead.
  bool needs_scoring() const;
  // Whose area each point is, by the stones that are dead now. REQUIRES: needs_scoring().
  std::vector<Cell> Area() const;
  // Marks the chain at a point as dead or alive; row-major index.
  void ToggleDead(int point);
  // A guess; marks that stand already, by hand or by a guess, are kept.
  void MarkDead(const std::vector<bool>& dead) {
    if (!has_marks_) dead_ = dead;
    has_marks_ = true;
  }
  // Whether somebody has said which stones are dead at the end of the line.
  bool has_marks() const { return has_marks_; }
  const std::vector<bool>& dead() const { return dead_; }

  // Grows with everything that changes what Record() says of moves and result, as looking at other
  // positions does not.
  int revision() const { return revision_; }

  // Score in points, first player minus second. REQUIRES: needs_scoring().
  float Score() const { return ScoreAt(shown()); }
  // A sentence: "Black wins by 3.5 points", "X wins", "A draw"; "" while play goes on.
  std::string ResultText() const;
  // Stones taken by each player: captures()[0] by the first. Go only; zeros for other games.
  std::vector<int> Captures() const;
  // Number of the last move at each point that still has its stone, 0 elsewhere.
  std::vector<int> MoveNumbers() const;
  std::vector<Cell> Cells() const;

  // What a record holds that was taken otherwise, or is against its rules; sentences.
  std::vector<std::string> notes;
  // Names for the record.
  std::string first_name = "Black";
  std::string second_name = "White";
  // The game as SGF, with evaluations as comments, its result whatever position is shown. What was
  // read from a record stands in it as it was, comments, setup and variations too, but for what was
  // taken back; moves that were played here are its main line. A game other than Go has no SGF
  // here: as text then, one move a line.
  std::string Record() const;
  bool is_go() const;

 private:
  PlayGame() = default;

  // Of the end of the line.
  bool finished() const { return end_ != PlayEnd::kNone || IsOver(*positions_.back().state); }
  std::string SgfResultText() const;
  float ScoreAt(const PlayPosition& position) const;
  void DropResult();
  // The next position of a record.
  void Append(PlayPosition position);
  // The state of any position, from the nearest one kept.
  std::shared_ptr<const State> StateAt(std::size_t ply) const;
  // Lets go of a state that StateAt can make again.
  void Thin(std::size_t ply);

  std::vector<PlayPosition> positions_;
  std::size_t shown_ = 0;
  PlayEnd end_ = PlayEnd::kNone;
  Player loser_ = Player::kFirst;
  std::vector<bool> dead_;  // per point, of the end of the line, where it is scored
  bool has_marks_ = false;
  int revision_ = 0;
  std::vector<SgfTree> read_;  // the record's games; the first one is played
};

}  // namespace tengen

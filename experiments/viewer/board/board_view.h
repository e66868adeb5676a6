#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "experiments/viewer/board/board_layout.h"
#include "experiments/viewer/board/board_textures.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// A move that a search looked at, as shown on the board.
struct CandidateMark {
  Action action = kNoAction;
  float win_rate = 0.5F;  // of the player to move, 0 to 1
  int visits = 0;
  std::optional<float> score;  // points for the player to move
  float share = 0.0F;          // of the best move's visits, 0 to 1: how strong its colour is
  bool best = false;
};

// A move that is not on the board: of a line that is being shown.
struct GhostStone {
  Action action = kNoAction;
  Player player = Player::kFirst;
  int number = 0;
};

// Everything that a board shows. Points are row-major from the top row.
struct BoardPicture {
  std::shared_ptr<const Game> game;
  std::vector<Cell> cells;
  Action last = kNoAction;
  std::vector<int> move_numbers;  // per point; 0 or no entries: none
  std::vector<float> heat;        // per action, probabilities; empty: none
  std::vector<CandidateMark> candidates;
  std::vector<float> ownership;  // per point, +1 first player to -1 second; empty: none
  std::vector<GhostStone> ghosts;
  std::vector<bool> dead;       // per point: shown as taken off; empty: none
  std::vector<Cell> area;       // per point: whose it is at the end; empty: none
  std::optional<Player> hover;  // whose stone follows the mouse
  int cursor = -1;              // point that the keyboard is at; -1: none
  bool coordinates = true;
};

// Draws boards of all registered games. Keeps textures for one size, so one view for each board
// that has a size of its own.
class BoardView {
 public:
  // Draws into the box, on the current ImGui window.
  void Draw(const Frame& frame, const Box& box, const BoardPicture& picture);

  // Of the last Draw: the action of the point under the mouse; kNoAction if there is none.
  Action ActionAt(ImVec2 at) const;
  // Where the last Draw put the board.
  Box board() const { return layout_ ? layout_->board() : Box{}; }

 private:
  void DrawGround(const Frame& frame);
  void DrawGrid(const BoardPicture& picture);
  void DrawCoordinates(const Frame& frame, const BoardPicture& picture);
  void DrawStones(const Frame& frame, const BoardPicture& picture);
  void DrawStone(ImVec2 centre, bool first, float alpha);
  void DrawHeat(const Frame& frame, const BoardPicture& picture);
  void DrawCandidates(const Frame& frame, const BoardPicture& picture);
  void DrawOwnership(const BoardPicture& picture);
  void DrawArea(const BoardPicture& picture);
  void DrawGhosts(const Frame& frame, const BoardPicture& picture);
  void DrawHover(const BoardPicture& picture);
  void DrawCursor(int point);
  void Text(ImFont* font, float size, ImVec2 centre, ImU32 colour, const std::string& text);

  BoardTextures textures_;
  std::optional<BoardLayout> layout_;
  std::optional<GameSpec> spec_;
  ImDrawList* list_ = nullptr;
};

}  // namespace tengen
